// Command print writes the schema as it is offered, whole and in order, to the
// file that it is given: what clients' tools read, and what a release is compared
// with.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/ics-openbook/openbook/services/gateway/graph"
)

func main() {
	var b bytes.Buffer
	fmt.Fprintln(&b, "# Code generated from api/schema by services/gateway/graph/print. DO NOT EDIT.")
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(graph.Schema())
	if err := os.WriteFile(os.Args[1], b.Bytes(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
