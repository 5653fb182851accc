// Package limit is what a request may cost: how long and how tangled a document
// may be, what may come with it, what its answer may cost and how long that may
// be, and how much one client may have in a while. Who may see what is not its
// concern: package guard says that.
//
// A document is looked at in the order in which that is cheap: its length, then
// its shape, in one pass over what was parsed, and only then whether it fits the
// schema, because some of the rules of that take the square of the document's
// length. What it costs is known before any of it is carried out.
package limit

import (
	"time"

	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// Limits are what a document may hold, and what it may cost.
type Limits struct {
	Tokens     int // of the document: names, signs and values
	Operations int // in the document; one of them is carried out
	Fragments  int // defined in the document
	Depth      int // fields within fields, fragments included
	Set        int // selections within one pair of braces, fragments included
	Selections int // in all, a fragment as often as it is spread
	Aliases    int // in all, likewise
	Directives int // of one field, fragment or operation
	Roots      int // fields of an operation itself
	Nesting    int // lists and objects within each other, in a value
	Name       int // characters of a name or a number

	Page   int // the longest page of anything
	Cost   int // of one operation
	Answer int // bytes of its answer
}

// Documents are free, or trusted: what a trusted one costs was known before
// anybody could send it.
var (
	Free = Limits{
		Tokens: 1_000, Operations: 10, Fragments: 50, Depth: 12, Set: 200, Selections: 2_000, Aliases: 30,
		Directives: 5, Roots: 10, Nesting: 10, Name: 100, Page: 100, Cost: 20_000, Answer: 5_000_000,
	}
	Trusted = Limits{
		Tokens: 5_000, Operations: 50, Fragments: 200, Depth: 30, Set: 500, Selections: 20_000, Aliases: 500,
		Directives: 10, Roots: 50, Nesting: 20, Name: 200, Page: 2_000, Cost: 1_000_000, Answer: 5_000_000,
	}
)

// What comes beside a document has the same limits for all.
const (
	mostValues = 20_000 // values in the variables; as many as bytes of a request allow, and more than any mutation takes
	mostErrors = 5      // that are told of one document
	mostWords  = 500    // characters of one error; what it repeats from the document may be as long as the request
)

// Longest is how long an answer may take, but for a subscription's.
const Longest = 5 * time.Second

// What a document is refused for. Each says where, what the limit is, and what
// to do.
var (
	ErrNoDocument = refuse.New(refuse.Invalid, "DOCUMENT_MISSING",
		"The request has no document. Send one as `query`, or name a trusted one by its SHA-256.")
	ErrUnparsed = refuse.New(refuse.Invalid, "GRAPHQL_PARSE_FAILED", "%s")
	ErrMisfit   = refuse.New(refuse.Invalid, "GRAPHQL_VALIDATION_FAILED", "%s")

	ErrTokens = refuse.New(refuse.Invalid, "DOCUMENT_TOO_LONG",
		"The document has more than %d words, signs and comments; the first too many is here. Divide it, or have it trusted.")
	ErrOperations = refuse.New(refuse.Invalid, "TOO_MANY_OPERATIONS",
		"The document has %d operations; %d is the most. Send only the one that is to be carried out.")
	ErrFragments = refuse.New(refuse.Invalid, "TOO_MANY_FRAGMENTS",
		"The document defines %d fragments; %d is the most. Write those out that are used once.")
	ErrCycle = refuse.New(refuse.Invalid, "FRAGMENT_CYCLE",
		"The fragment %s contains itself. Leave this spread out.")
	ErrDepth = refuse.New(refuse.Invalid, "DOCUMENT_TOO_DEEP",
		"Fields are %d deep here; %d is the most, fragments included. Ask for what is deeper in another request, by its code or id.")
	ErrSet = refuse.New(refuse.Invalid, "TOO_MANY_SELECTIONS",
		"From here on there are more than %d selections %s, fragments included. Divide the request.")
	ErrAliases = refuse.New(refuse.Invalid, "TOO_MANY_ALIASES",
		"From here on there are more than %d aliases, fragments included. Ask for a list instead, or divide the request.")
	ErrDirectives = refuse.New(refuse.Invalid, "TOO_MANY_DIRECTIVES",
		"There are %d directives here; %d is the most. Leave out those that repeat others.")
	ErrRoots = refuse.New(refuse.Invalid, "TOO_MANY_ROOT_FIELDS",
		"The operation has more fields of its own than it may; the limit is %d, and the first too many is here. Divide the request.")
	ErrRepeated = refuse.New(refuse.Invalid, "REPEATED_SELECTION",
		"%s is selected here a second time, within the same braces. Leave one out.")
	ErrName = refuse.New(refuse.Invalid, "NAME_TOO_LONG",
		"There is a name or a number of %d characters here; %d is the most. Shorten it.")
	ErrNesting = refuse.New(refuse.Invalid, "VALUE_TOO_DEEP",
		"Lists and objects are more than %d deep here. No value of the schema is: compare it with the schema.")
	ErrVariables = refuse.New(refuse.Invalid, "VARIABLES_TOO_LARGE",
		"The variable %s %s. Divide the request.")
	ErrHash = refuse.New(refuse.Invalid, "PERSISTED_QUERY_MISMATCH",
		"The document's SHA-256 is not the one it was sent with. Send the SHA-256 of its exact text, or none.")
	// ErrUnknownHash has the words that Apollo's and urql's clients look for.
	ErrUnknownHash = refuse.New(refuse.NotFound, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")

	ErrCost = refuse.New(refuse.Invalid, "COMPLEXITY_LIMIT_EXCEEDED",
		"The operation costs %d; %d is the most. What costs most: %s. Ask for shorter pages or fewer lists within lists, or have the document trusted.")
	ErrRate = refuse.New(refuse.Busy, "RATE_LIMITED",
		"You have asked for more than your share: this costs %d, and %d is left. Ask the same again in %d s.")
	ErrAnswer = refuse.New(refuse.Invalid, "ANSWER_TOO_LARGE",
		"The answer is longer than %d bytes. Ask for shorter pages or fewer fields, or fetch the list from /csv. A mutation was carried out all the same.")
	ErrTime = refuse.New(refuse.Busy, "TIMED_OUT",
		"The answer took longer than %d s, so it was given up. Ask for less at once, or again in a moment.")
)
