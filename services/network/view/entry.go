package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// entry is the id of the fact that says something, in the sixteen bytes that it
// has: there are as many as list sizes. The zero entry is none.
type entry struct{ high, low uint64 }

// entryOf is a fact's id; of what is no UUID, none.
func entryOf(id events.ID) entry {
	digits := strings.ReplaceAll(string(id), "-", "")
	if len(digits) != 32 {
		return entry{}
	}
	high, err := strconv.ParseUint(digits[:16], 16, 64)
	if err != nil {
		return entry{}
	}
	low, err := strconv.ParseUint(digits[16:], 16, 64)
	if err != nil {
		return entry{}
	}
	return entry{high, low}
}

// ID is the id as the book has it.
func (e entry) ID() events.ID {
	return events.ID(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", e.high>>32, e.high>>16&0xffff, e.high&0xffff, e.low>>48, e.low&(1<<48-1)))
}

func (e entry) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%016x%016x", e.high, e.low), nil
}

func (e *entry) UnmarshalText(b []byte) error {
	*e = entryOf(events.ID(b))
	return nil
}

// ids are those of entries that there are.
func ids(all ...entry) (there []events.ID) {
	for _, e := range all {
		if e != (entry{}) {
			there = append(there, e.ID())
		}
	}
	return there
}
