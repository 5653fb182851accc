// Command archcheck fails when a package of this module imports what its room
// may not touch, or lies in a folder that no room is made of. Tests may import
// what they like.
//
//	go run ./tools/archcheck
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	packages, err := list("./...")
	if err != nil {
		fmt.Fprintln(os.Stderr, "archcheck:", err)
		os.Exit(2)
	}
	broken := 0
	for _, p := range packages {
		for _, reason := range check(rooms, p) {
			fmt.Println(reason)
			broken++
		}
	}
	if broken > 0 {
		fmt.Printf("archcheck: %d imports cross a wall; the table and its reasons are in tools/archcheck/rooms.go\n", broken)
		os.Exit(1)
	}
}

// list asks the go command for the packages that pattern names.
func list(pattern string) (packages []pkg, err error) {
	var complaint bytes.Buffer
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", pattern)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, complaint.Bytes())
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, p)
	}
}
