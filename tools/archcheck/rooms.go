package main

import "slices"

// room is a row of the table: which folders, and what a package in them may
// import. {d} stands for the importer's own domain.
type room struct {
	folder  string
	module  []string // from this module
	outside []string // from the standard library and from other modules
}

const anything = "..."

var free = []string{anything}

// What is pure imports nothing that can read a clock, a file, a random number
// or the network, and nothing that can wait. (package time is there for its
// types; the linter forbids its clock.)
var (
	values = []string{
		"bytes", "cmp", "errors", "fmt", "maps", "math", "math/bits", "slices", "strconv", "strings", "time",
		"unicode", "unicode/utf8", "github.com/govalues/decimal",
	}
	// Facts and asks are read from JSON by their types.
	stored = slices.Concat(values, []string{"encoding/json", "reflect"})
	// Views hold what they show in persistent maps: the state is a value, so
	// that a reader has one consistent state without a lock. JSON is how a
	// snapshot keeps it, and a big one is written row by row to whatever takes it:
	// package io is there for its interfaces. What is read of one moment may be worked out once and
	// kept: an atomic cannot wait.
	pure = slices.Concat(values, []string{"encoding/json", "io", "iter", "sync/atomic", "github.com/benbjohnson/immutable"})
)

// The table; the first row that fits counts, and a folder without a row fails.
// It is the one in the architecture, with what has been added and why:
//
//   - api/ask is a room of its own: what all asks share. services/internal may
//     know it, because serve limits and hashes asks of every domain; it is no
//     domain.
//   - deploy holds the server's configuration as embedded files, so that tests
//     and the single process use the very file that is deployed.
//   - Rooms of one domain may import one another: a practice that names an
//     unknown network is refused in that network's own words. Of another
//     domain they may import the view alone. A view imports views alone, so
//     that nobody who reads it is linked to what decides.
//   - A view may be of several parts, each a package below it.
//   - services/funding/view/equity fits a line through what networks have, by a
//     library of statistics, and divides money by exact fractions.
//   - An entitlement is made of the contract's terms, and names them as it does; so
//     does what a network states of its costs, what it claims for roles, and its
//     posts.
//   - The funding service decides on several domains of money, one a room.
//   - A command may set its flags by services/internal/config, and measure by
//     services/platform/bench; all else it does through the platform and the
//     client.
//   - services/contract/terms is documents, embedded as deploy's are.
//   - services/internal/figure is a value ("not known, and why"), which rooms
//     may hold as they hold refusals.
var rooms = []room{
	{"events/eventstest", []string{"events"}, free},
	{"events", nil, stored},
	{"events/entitlement", []string{"events", "events/contract"}, values},
	{"events/costing", []string{"events", "events/contract"}, values},
	{"events/workforce", []string{"events", "events/contract"}, values},
	{"events/staffing", []string{"events", "events/contract"}, values},
	{"events/*", []string{"events"}, values},

	{"api/ask", []string{"events"}, values},
	{"api/ask/*", []string{"api/ask", "events/**"}, values},
	{"api/schema", nil, []string{"embed"}},
	{"api/client/**", []string{"api/client/**", "api/ask/**", "events/**"}, free},
	{"api/proof/**", []string{"api/proof/**", "api/ask/**", "events/**"}, free},

	{"deploy", nil, []string{"embed", "fmt", "maps", "slices", "strings"}},

	{"services/internal/**", []string{"api/ask", "events", "services/internal/**"}, free},
	{"services/book/**", []string{"api/proof", "events", "services/internal/**", "services/book/**"}, free},
	{"services/platform/**", []string{"api/**", "deploy", "events/**", "services/**"}, free},
	{"services/gateway/**", slices.Concat(facing, []string{"services/gateway/**"}), free},
	{"services/dashboard/**", slices.Concat(facing, []string{"services/dashboard/**"}), free},

	{"services/contract/terms", nil, []string{"embed"}},
	{"services/funding/view/equity", slices.Concat(inner, []string{"services/*/view/**"}), slices.Concat(pure, []string{"gonum.org/v1/gonum/stat", "gonum.org/v1/gonum/stat/distuv", "math/big"})},
	{"services/*/view/**", slices.Concat(inner, []string{"services/*/view/**"}), pure},
	{"services/*/import*", outer, free},
	{"services/funding/*", slices.Concat(inner, []string{"api/ask/*", "services/funding/*", "services/*/view/**"}), pure},
	{"services/*/*", slices.Concat(inner, []string{"services/{d}/*", "services/*/view/**"}), pure},
	{"services/*", outer, free},

	{"tools/**", []string{"api/**", "events/**", "services/platform", "services/platform/bench", "services/internal/config", "tools/{d}/**"}, free},
}

var (
	// inner is what every pure room of a domain may import.
	inner = []string{"api/ask", "api/ask/{d}", "events/**", "services/internal/figure", "services/internal/refuse"}
	// outer is what the outer package of a domain, and its importers, may.
	outer = []string{"api/ask/**", "api/client", "events/**", "services/internal/**", "services/{d}/**", "services/*/view/**"}
	// facing is what faces people may import: never a room that decides.
	facing = []string{"api/**", "events/**", "services/internal/**", "services/*/view/**"}
)
