package eventstest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// The faults below are planted into a copy of a small domain: these are the
// facts its source declares.
const source = `package network
type Joined struct{}
func (Joined) EventType() string { return "network.joined.v1" }
type Left struct{}
func (Left) EventType() string { return "network.left.v1" }
`

var (
	dating = network.Dating{Undated: true, NotBefore: events.Day(2024, time.October, 2)}
	cited  = network.Cited{Source: "registrations-2026-07-01-9f86d081", AsAt: events.Day(2026, time.July, 1)}
	joined = network.Joined{Practice: "F81001", Network: "U12345", Period: events.Period{
		From: events.Day(2026, time.April, 1), To: events.Day(2027, time.March, 31),
	}, Dating: dating, Cited: cited}
	left = network.Left{Practice: "F81001", Network: "U12345", LastDay: events.Day(2027, time.March, 31), Dating: dating, Cited: cited}

	facts    = []events.Fact{network.Joined{}, network.Left{}}
	examples = []events.Fact{joined, left}
)

func family() events.Family[events.Fact] { return events.NewFamily(facts...) }

// domain lays the small domain out in a folder named network.
func domain(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "network")
	put(t, filepath.Join(dir, "network.go"), source)
	for _, e := range examples {
		stored, err := os.ReadFile(filepath.Join("..", "network", folder, e.EventType()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, folder, e.EventType()+".json"), string(stored))
	}
	return dir
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := write(file, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestNothingIsWrongWithAGoodDomain(t *testing.T) {
	for _, problem := range check(domain(t), family(), examples, golden{}) {
		t.Error(problem)
	}
}

func TestEachFaultIsFound(t *testing.T) {
	joinedFile := filepath.Join(folder, "network.joined.v1.json")
	for _, c := range []struct {
		fault    string
		family   events.Family[events.Fact]
		examples []events.Fact
		files    map[string]string // written over the good domain; "" removes
		want     string
	}{
		{fault: "a fact outside the family", family: events.NewFamily(facts[:1]...), want: "Left is not in the family"},
		{fault: "a fact without an example", examples: examples[:1], want: "Left has 0 examples"},
		{fault: "a fact with two examples", examples: append(examples[:2:2], left), want: "Left has 2 examples"},
		{
			fault: "a fact of another folder", family: events.NewFamily(append(facts[:2:2], network.NetworkRenamed{})...),
			want: "NetworkRenamed is in the family and not declared",
		},
		{
			fault: "a fact that is a pointer", files: map[string]string{"more.go": "package network\nfunc (*Merged) EventType() string { return \"\" }"},
			want: "a fact is a plain value",
		},
		{fault: "no source", files: map[string]string{"network.go": ""}, want: "declares no fact"},
		{fault: "broken source", files: map[string]string{"more.go": "package network\nfunc {"}, want: "expected"},
		{fault: "no golden file", files: map[string]string{joinedFile: ""}, want: "network.joined.v1 has no golden file"},
		{
			fault: "a field that changed its name", files: map[string]string{joinedFile: `{"practise":"F81001","network":"U12345"}`},
			want: "no longer written as it was",
		},
		{
			fault: "a value that is lost", files: map[string]string{joinedFile: `{"practice":"F81001","network":"U12345","from":"2026-04-02"}`},
			want: "does not read back as itself",
		},
		{
			fault: "a version nobody reads any more", files: map[string]string{filepath.Join(folder, "network.joined.v0.json"): `{}`},
			want: "can no longer be read",
		},
		{
			fault: "an old version without a golden file",
			family: events.Upcasting(family(), "network.merged.v1", func(struct{}) events.Fact {
				return joined
			}),
			want: "the family reads network.merged.v1, and nothing shows how it was stored",
		},
		{
			fault: "an upcast to what nobody writes",
			family: events.Upcasting(family(), "network.merged.v1", func(struct{}) events.Fact {
				return network.NetworkRenamed{}
			}),
			files: map[string]string{filepath.Join(folder, "network.merged.v1.json"): `{}`},
			want:  "could not be written",
		},
		{fault: "damaged data", files: map[string]string{joinedFile: `{"practice":`}, want: "unreadable fact"},
		{
			fault: "an empty field", examples: []events.Fact{network.Joined{Practice: "F81001", Network: "U12345"}, left},
			want: "leaves Period.From empty",
		},
		{fault: "no entity", examples: []events.Fact{made{typ: "network.joined.v1"}}, want: "names no entity"},
		{
			fault: "an entity that is no token", examples: []events.Fact{made{typ: "network.joined.v1", about: []events.Entity{"practice-a.b"}}},
			want: `"practice-a.b" cannot be part of a subject`,
		},
		{
			fault: "an entity twice", examples: []events.Fact{made{typ: "network.joined.v1", about: []events.Entity{"a-1", "a-1"}}},
			want: `"a-1" is named twice`,
		},
		{fault: "no class", examples: []events.Fact{made{typ: "network.no_such.v1"}}, want: "not in the visibility table"},
		{fault: "another domain's name", examples: []events.Fact{made{typ: "funding.joined.v1"}}, want: "is called network.<name>"},
		{fault: "no version", examples: []events.Fact{made{typ: "network.joined"}}, want: "is called network.<name>"},
		{fault: "an open secret", examples: []events.Fact{secret{made{typ: "network.joined.v1"}, nil}}, want: "carries a sealed value"},
		{fault: "no JSON", examples: []events.Fact{made{typ: "network.joined.v1", Broken: broken{}}}, want: "cannot be written"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			dir := domain(t)
			for name, text := range c.files {
				if text != "" {
					put(t, filepath.Join(dir, name), text)
				} else if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			if c.family.Types() == nil {
				c.family = family()
			}
			if c.examples == nil {
				c.examples = examples
			}
			problems := check(dir, c.family, c.examples, golden{})
			if all := fmt.Sprint(problems); !strings.Contains(all, c.want) {
				t.Errorf("want %q among %d problems:\n%s", c.want, len(problems), all)
			}
		})
	}
}

func TestUpdateNeverChangesAPromise(t *testing.T) {
	dir := domain(t)
	file := filepath.Join(dir, folder, "network.joined.v1.json")
	const stored = `{"practice":"F81001","network":"U12345","from":"2020-01-01","to":"2021-01-01"}`
	put(t, file, stored)
	other := filepath.Join(dir, folder, "network.left.v1.json")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}

	if problems := check(dir, family(), examples, golden{missing: true, change: "network.left.v1"}); len(problems) == 0 {
		t.Error("a changed fact was let through")
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != stored {
		t.Errorf("the golden file was changed to %s: %v", now, err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("the missing golden file was not written: %v", err)
	}
	for _, problem := range check(dir, family(), examples, golden{change: "network.joined.v1"}) {
		t.Errorf("after rewriting the one that was named: %v", problem)
	}
}

// made is a fact that says of itself whatever a case needs.
type made struct {
	typ    string
	about  []events.Entity
	Broken json.Marshaler `json:",omitempty"`
}

func (m made) EventType() string         { return m.typ }
func (m made) Entities() []events.Entity { return m.about }

type secret struct {
	made
	Names map[string][]*events.Sealed
}

type broken struct{}

func (broken) MarshalJSON() ([]byte, error) { return nil, fmt.Errorf("cannot be written") }
