// Command generate writes the writers of package plain, from the contract and
// from what its fields are bound to in Go, as gqlgen knows it: one for each field
// of each object that a query may reach, if the field is a value that is at hand
// or a method that cannot fail and waits for nothing. There is none for any
// other, so that whoever asks for it is answered the general way.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"io"
	"log"
	"os"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
)

const (
	graph = "../graph" // where the paths of the configuration begin
	conf  = "../../../api/schema/gqlgen.yml"
	plain = "../plain"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	if err := os.Chdir(graph); err != nil {
		return err
	}
	log.SetOutput(io.Discard) // gqlgen tells of every resolver
	defer log.SetOutput(os.Stderr)
	c, err := config.LoadConfig(conf)
	if err != nil {
		return err
	}
	if err := c.LoadSchema(); err != nil {
		return err
	}
	if err := c.Init(); err != nil {
		return err
	}
	data, err := codegen.BuildData(c)
	if err != nil {
		return err
	}
	source, err := writers(data)
	if err != nil {
		return err
	}
	text, err := format.Source(source)
	if err != nil {
		return fmt.Errorf("%w in\n%s", err, source)
	}
	path := plain + "/writers.go"
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(path, text, 0o644)
}
