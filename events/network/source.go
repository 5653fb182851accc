package network

import (
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// SourceEvent is a fact in the history of a source.
//
//sumtype:decl
type SourceEvent interface {
	Event
	isSource()
}

// Source names a published file by what it holds, the day it describes and the
// first digits of its SHA-256: "epcn-2024-10-01-9f86d081".
type Source string

// Valid reports whether s can name a source: 1 to 60 small letters, digits and
// hyphens.
func (s Source) Valid() bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return 1 <= len(s) && len(s) <= 60
}

// Kind is what s tells of, by its name; empty for no kind there is.
func (s Source) Kind() Kind {
	for _, k := range Kinds {
		if strings.HasPrefix(string(s), strings.ToLower(string(k))+"-") {
			return k
		}
	}
	return ""
}

// NewSource names the source that a file is.
func NewSource(k Kind, asAt events.Date, sha256 string) Source {
	return Source(strings.ToLower(string(k)) + "-" + asAt.String() + "-" + sha256[:min(8, len(sha256))])
}

// Entity is the source as the book names it.
func (s Source) Entity() events.Entity { return events.Entity("source-" + s) }

// Cited is where a fact comes from: a source and the day it describes. Both are
// empty for what a person has told.
type Cited struct {
	Source Source      `json:"source,omitempty"`
	AsAt   events.Date `json:"asAt,omitzero"`
}

// Dating is how well the day of a fact is known. Exactly, unless Undated: then
// the day given is the latest it can have been, and NotBefore the earliest, if
// any source bounds it. An unknown day is never made up.
type Dating struct {
	Undated   bool        `json:"undated,omitempty"`
	NotBefore events.Date `json:"notBefore,omitzero"`
}

// Kind is what a source tells of.
type Kind string

const (
	Registrations Kind = "REGISTRATIONS" // which network, system and clinical system each practice with patients has, and how many patients
	EPCN          Kind = "EPCN"          // the networks and their dated members
	Populations   Kind = "POPULATIONS"   // list sizes for a year's contract
	Deprivation   Kind = "DEPRIVATION"   // scores by practice
)

// Kinds is every kind of source.
var Kinds = []Kind{Registrations, EPCN, Populations, Deprivation}

// Members reports whether a source of this kind names every practice that is a
// member of a network on the day it describes.
func (k Kind) Members() bool { return k == Registrations || k == EPCN }

// SourceCited says that facts will follow from a published file, and which.
type SourceCited struct {
	Source Source      `json:"source"` // and of what kind it is
	Title  string      `json:"title"`  // the file's name
	AsAt   events.Date `json:"asAt"`   // the day it describes
	SHA256 string      `json:"sha256"`
}

// SourceCompleted says that everything a source tells has been reported: from
// then on, what it does not name is known not to be there.
type SourceCompleted struct {
	Source  Source `json:"source"`
	Reports int    `json:"reports"` // how many there were
}

// EventType names the fact.
func (SourceCompleted) EventType() string { return "network.source_completed.v1" }

// Entities names whom the fact is about.
func (e SourceCompleted) Entities() []events.Entity { return []events.Entity{e.Source.Entity()} }

func (SourceCompleted) isRegistry() {}
func (SourceCompleted) isSource()   {}

// EventType names the fact.
func (SourceCited) EventType() string { return "network.source_cited.v1" }

// Entities names whom the fact is about.
func (e SourceCited) Entities() []events.Entity { return []events.Entity{e.Source.Entity()} }

func (SourceCited) isRegistry() {}
func (SourceCited) isSource()   {}
