package eventstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
)

// golden says which golden files may be written.
type golden struct {
	missing bool   // those that are not there
	change  string // the one of this type
}

const folder = "testdata"

// everyField compares the unexported fields of values too: a date that lost its
// day would otherwise be the same date.
var everyField = cmp.Exporter(func(reflect.Type) bool { return true })

// written holds e's stored form against its golden file, and reads it back.
func written[E events.Fact](dir string, family events.Family[E], e E, files golden) []error {
	typ := e.EventType()
	now, err := json.MarshalIndent(e, "", "\t")
	if err != nil {
		return []error{fmt.Errorf("%s: %w", typ, err)}
	}
	now = append(now, '\n')

	file := filepath.Join(dir, folder, typ+".json")
	stored, err := os.ReadFile(file)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && files.missing || err == nil && files.change == typ {
		if err := write(file, now); err != nil {
			return []error{err}
		}
		stored = now
	} else if missing {
		return []error{fmt.Errorf("%s has no golden file: run the test with -update", typ)}
	} else if err != nil {
		return []error{err}
	}

	var problems []error
	if !bytes.Equal(stored, now) {
		problems = append(problems, fmt.Errorf(
			"%s is no longer written as it was (-stored, +now):\n%s\nFacts so written lie in books: make the new shape a new version, with an upcast",
			typ, cmp.Diff(string(stored), string(now))))
	}
	got, err := family.Decode(events.Recorded{Envelope: events.Envelope{Type: typ}, Data: stored})
	if err != nil {
		return append(problems, err)
	}
	if diff := cmp.Diff(e, got, everyField); diff != "" {
		problems = append(problems, fmt.Errorf("%s does not read back as itself (-written, +read):\n%s", typ, diff))
	}
	return problems
}

// readable reads every golden file, also of versions no longer written.
func readable[E events.Fact](dir string, family events.Family[E]) (problems []error) {
	types := family.Types()
	for _, typ := range types {
		file := filepath.Join(dir, folder, typ+".json")
		if _, err := os.Stat(file); err != nil {
			problems = append(problems, fmt.Errorf("the family reads %s, and nothing shows how it was stored: %w", typ, err))
		}
	}

	files, err := filepath.Glob(filepath.Join(dir, folder, "*.json"))
	if err != nil {
		return append(problems, err)
	}
	for _, file := range files {
		typ := strings.TrimSuffix(filepath.Base(file), ".json")
		stored, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		e, err := family.Decode(events.Recorded{Envelope: events.Envelope{Type: typ}, Data: stored})
		if err != nil {
			problems = append(problems, fmt.Errorf("what was once written can no longer be read: %w", err))
			continue
		}
		if !slices.Contains(types, e.EventType()) || len(e.Entities()) == 0 {
			problems = append(problems, fmt.Errorf("%s is read as %#v, which could not be written", typ, e))
		}
	}
	return problems
}

func write(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}
