// Package documents holds the trusted documents: those shipped with the build,
// and those of a folder, which may change while the gateway runs. Who sends one
// of them, by its text or by the SHA-256 of it, has wider limits.
package documents

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/limit"
)

// Set is documents by their hash. It does not change.
type Set map[limit.Hash]*limit.Document

//go:embed shipped/*.graphql
var shipped embed.FS

// schema is what documents are held against.
var schema = sync.OnceValue(graph.Schema)

// Prices are what the fields of the schema cost.
var Prices = sync.OnceValue(func() *limit.Prices { return limit.PricesOf(schema()) })

// Shipped are the documents of the build: the registry for dashboards, and the
// ways in which GraphiQL and other tools ask for the schema.
var Shipped = sync.OnceValue(func() Set {
	files, problems := read(ships())
	set, _, more := load(files)
	if problems = append(problems, more...); len(problems) > 0 {
		panic(problems[0].Error()) // a test reads them
	}
	return set
})

func ships() fs.FS {
	in, err := fs.Sub(shipped, "shipped")
	if err != nil {
		panic(err) // it is in the binary
	}
	return in
}
