package platform_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/refold"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/platform"
)

// Every figure that the demonstration knows is worked out again from the entries
// that its passport names, and from nothing else, and comes to the same.
func TestEveryFigureIsWorkedOutAgain(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir(), Demo: true})
	all := []ask.Grant{steward, {Role: ask.Auditor, Of: ask.England}, {Role: ask.Finance, Of: "system-QZ1"}}
	c := s.as(t, "steward", all...)
	c.eventually(t, `{ b: entitlements(year: "2026/27") { networks } }`, `{"b":{"networks":14}}`)
	finance := s.as(t, "finance", ask.Grant{Role: ask.Finance, Of: "system-QZ1"})
	finance.do(t, "registerPartner", input{"organisation": "RYZ", "name": "Valley", "system": "QZ1", "from": "2025/26"})
	finance.do(t, "setControlTotal", input{"organisation": "RYZ", "system": "QZ1", "year": "2025/26", "amount": "-1000.00", "agreedOn": "2025-04-30"})
	s.as(t, "valley", ask.Grant{Role: ask.Partner, Of: "partner-RYZ"}).do(t, "reportPosition", input{"organisation": "RYZ", "year": "2025/26", "month": 1, "plan": "-100.00", "actual": "-123.45", "forecast": "-1200.00", "on": "2025-05-15"})
	manager := s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99003"})
	of := input{"network": "U99003", "year": "2025/26", "specification": "Enhanced Access"}
	manager.do(t, "stateCost", with(of, input{"key": "kit", "what": "kit", "fixed": "1200.00", "source": "invoice"}))
	manager.do(t, "statePayment", with(of, input{"stream": "development", "share": "50", "reason": "as agreed"}))
	caughtUp(t, c)
	nc, err := s.join(t.Context(), "network")
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	book, read := remote.New(nc), map[events.ID]events.Recorded{}
	who := identity.Person{Ref: "steward", Grants: all}
	explained := map[string]bool{}
	walk := walker{t: t, found: func(field, doc string) {
		if explained[field] {
			return
		}
		a := c.ask(t, doc)
		if len(a.Errors) > 0 {
			t.Errorf("%s: %s", doc, a.body)
			return
		}
		var data any
		if err := json.Unmarshal(a.Data, &data); err != nil {
			t.Fatal(err)
		}
		known := ids(data)
		if len(known) == 0 {
			return
		}
		id := known[0]
		name, err := graph.ParseFigure(id)
		if err != nil {
			t.Errorf("%s: %v", field, err)
			return
		}
		a = c.ask(t, name.Document())
		shown, err := name.Read(a.Data)
		if err != nil || len(a.Errors) > 0 || shown == nil {
			t.Errorf("%s: %v, %s", id, err, a.body)
			return
		}
		if shown.Passport == nil || shown.Passport.Rule == "" || shown.Passport.Arithmetic == "" {
			t.Errorf("%s: its passport says nothing: %s", id, a.body)
			return
		}
		const behind = "entries(first: 1) { nodes { id } }"
		var named []events.ID
		if field != "CostLine.cost" { // entries of all lines of all costs are dearer than a free document may be
			a = c.ask(t, name.Document(behind))
			f, err := name.Read(a.Data)
			if err != nil || len(a.Errors) > 0 {
				t.Errorf("%s: %v, %s", id, err, a.body)
				return
			}
			named = idsOf(f)
		}
		a, err = c.try(t.Context(), `query($f: FigureID!) { grounds(figure: $f) }`, map[string]any{"f": id})
		var grounds struct{ Grounds []events.ID }
		if err := errors.Join(err, json.Unmarshal(a.Data, &grounds)); err != nil || len(a.Errors) > 0 {
			t.Errorf("%s: %v, %s", id, err, a.body)
			return
		}
		var entries []events.Recorded
		for _, id := range grounds.Grounds {
			if _, there := read[id]; !there {
				if read[id], err = book.ByID(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			entries = append(entries, read[id])
		}
		again, err := refold.Again(t.Context(), name, entries, who)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			return
		}
		said := idsOf(again)
		if len(named) > 0 && (len(said) == 0 || said[0] != named[0]) {
			t.Errorf("%s: the first entry behind it is %s, and again %v", id, named[0], said)
		}
		if !reflect.DeepEqual(again, shown) {
			got, _ := json.Marshal(again)
			want, _ := json.Marshal(shown)
			t.Errorf("%s: from %d entries\n%.300s\nwant\n%.300s", id, len(entries), got, want)
			return
		}
		if len(said) > 0 { // it stands on those, so without them it falls
			without := slices.DeleteFunc(entries, func(e events.Recorded) bool { return slices.Contains(said, e.ID) })
			if other, err := refold.Again(t.Context(), name, without, who); err == nil && reflect.DeepEqual(other, shown) {
				t.Errorf("%s is the same without what is behind it", id)
			}
		}
		explained[field] = true
		t.Logf("%s: %d entries, %d of them in its passport: %s", field, len(entries), len(said), *shown.Value)
	}}
	for _, root := range []string{`network(code: "U99001")`, `network(code: "U99003")`, `network(code: "U99005")`, `system(code: "QZ1")`, `practice(code: "Z99008")`, `entitlements(year: "2025/26")`, `mayISpend(network: "U99003", year: "2025/26", stream: "development", purpose: "staff")`} {
		walk.root(root)
	}
	for field := range walk.seen {
		if why := unexplained[field]; (why != "") == explained[field] {
			t.Errorf("%s was explained: %t, which was to be %t", field, explained[field], why == "")
		}
	}
	t.Log(len(explained), slices.Sorted(maps.Keys(explained)))
}

// idsOf takes the entries out of a passport.
func idsOf(f *graph.Figure) (all []events.ID) {
	if f == nil || f.Passport == nil || f.Passport.Entries == nil {
		return nil
	}
	for _, n := range f.Passport.Entries.Nodes {
		all = append(all, n.ID)
	}
	f.Passport.Entries = nil
	return all
}

// unexplained are the figures that the demonstration does not know, and why.
var unexplained = map[string]string{
	"DirectorTimes.directors":     "hours are shown of five directors together or more, and no single entry to anybody",
	"NetworkEquity.deprivation":   "nobody has recorded any",
	"NetworkWorkforce.projected":  "the year is over",
	"NetworkWorkforce.underspend": "the year is over",
	"PaymentRecord.unpaidOldest":  "all is paid",
	"WordRecord.onTime":           "nobody has answered a challenge",
}

// ids are those of all figures in an answer that are known.
func ids(data any) (all []string) {
	switch data := data.(type) {
	case []any:
		for _, v := range data {
			all = append(all, ids(v)...)
		}
	case map[string]any:
		if data["value"] != nil {
			return []string{data["id"].(string)}
		}
		for _, key := range slices.Sorted(maps.Keys(data)) {
			all = append(all, ids(data[key])...)
		}
	}
	return all
}

// walker finds the ways to every figure.
type walker struct {
	t     *testing.T
	found func(field, doc string)
	seen  map[string]bool
}

// given are the arguments that must be.
var given = map[string]string{"year": `"2025/26"`, "first": "20", "key": `"development"`, "stream": `"development"`, "month": `"2025-06"`, "purpose": `"staff"`,
	"EquityWhatIfInput": `{basis: WEIGHTED}`,
	"MixesInput":        `{from: "2025-10-01", sum: "70000.00", tasks: [{task: "reviews", hours: "70"}], roles: [{role: "clinical-pharmacist", tasks: ["reviews"]}]}`,
}

func (w *walker) root(text string) {
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	name, _, _ := strings.Cut(text, "(")
	of := graph.Schema().Query.Fields.ForName(name).Type.Name()
	w.walk(graph.Schema().Types[of], []string{text}, []string{of})
}

func (w *walker) walk(of *ast.Definition, path, types []string) {
	for _, f := range of.Fields {
		name := f.Type.Name()
		is := graph.Schema().Types[name]
		if is.Kind != ast.Object || slices.Contains(types, name) || slices.Contains([]string{"System", "Network", "Practice", "Place", "SubICB", "Passport", "Contract"}, name) {
			continue
		}
		var args []string
		for _, a := range f.Arguments {
			if a.Type.NonNull && a.DefaultValue == nil {
				value := cmp.Or(given[a.Name], given[a.Type.Name()])
				if value == "" {
					w.t.Errorf("%s.%s needs %s", of.Name, f.Name, a.Name)
				}
				args = append(args, a.Name+": "+value)
			}
		}
		text := f.Name
		if len(args) > 0 {
			text += "(" + strings.Join(args, ", ") + ")"
		}
		on := append(slices.Clip(path), text)
		if name == "Amount" || name == "Figure" {
			field := of.Name + "." + f.Name
			w.seen[field] = true
			w.found(field, "{ "+strings.Join(on, " { ")+" { id value }"+strings.Repeat(" }", len(on)))
			continue
		}
		w.walk(is, on, append(slices.Clip(types), name))
	}
}
