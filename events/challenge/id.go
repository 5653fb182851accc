package challenge

import (
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// ID names a challenge: whose it is, the year of the ledger, and the reference
// that the challenger has given it, as in U99001-2025-26-C1.
type ID string

// token is how long the year is in an ID: 2025-26.
const token = len("2025-26")

// Of is the challenge of a network or practice, named by its entity, that it
// calls so. It is not Valid unless all three are.
func Of(challenger events.Entity, y events.Year, reference string) ID {
	_, code, _ := strings.Cut(string(challenger), "-")
	return ID(code + "-" + y.Token() + "-" + reference)
}

// parts are whose challenge it is, the year, and the reference.
func (id ID) parts() (code string, year events.Year, reference string) {
	code, rest, _ := strings.Cut(string(id), "-")
	if len(rest) < token+1 || rest[token] != '-' {
		return code, "", ""
	}
	return code, events.Year(strings.Replace(rest[:token], "-", "/", 1)), rest[token+1:]
}

// Valid reports whether id could name a challenge.
func (id ID) Valid() bool {
	code, year, reference := id.parts()
	return (events.PCN(code).Valid() || events.Practice(code).Valid()) && year.Valid() && ValidReference(reference)
}

// Challenger is the network or practice whose challenge it is, as the book names
// it.
func (id ID) Challenger() events.Entity {
	code, _, _ := id.parts()
	if events.PCN(code).Valid() {
		return events.PCN(code).Entity()
	}
	return events.Practice(code).Entity()
}

// Year is the year of the ledger it is about.
func (id ID) Year() events.Year {
	_, year, _ := id.parts()
	return year
}

// Reference is what the challenger calls it.
func (id ID) Reference() string {
	_, _, reference := id.parts()
	return reference
}

// Entity is the challenge as the book names it.
func (id ID) Entity() events.Entity { return events.Entity("challenge-" + id) }

// Stream is the challenge's own history.
func (id ID) Stream() events.Stream { return events.Stream(id.Entity()) }

// ValidReference reports whether s can be what a challenge is called: 1 to 20
// letters, digits and hyphens of ASCII, so that it can be read out on the
// telephone and be part of the challenge's name.
func ValidReference(s string) bool {
	return 1 <= len(s) && len(s) <= 20 && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-'
	})
}
