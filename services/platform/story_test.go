package platform_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/platform"
)

// The story is what the platform is for, from the first registration to a
// reader who comes back. It is told of a platform however that runs.
func tell(t *testing.T, s *site) {
	someone := s.as(t, "steward", steward)

	someone.says(t, `{ system(code: "QZ1") { name } networks(first: 5) { totalCount } }`, `{"system":null,"networks":{"totalCount":0}}`)
	someone.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration", "region": "Y59"})
	someone.do(t, "registerPlace", input{"system": "QZ1", "code": "WEST", "name": "West"})
	someone.do(t, "renamePlace", input{"system": "QZ1", "code": "WEST", "name": "Far West"})
	north := someone.do(t, "registerNetwork", input{"code": "U99001", "name": "North", "system": "QZ1", "place": "WEST"})
	if !north.Visible || north.Entries != 1 || north.Revision != 0 || north.Ordinal == 0 {
		t.Errorf("the first network's receipt is %+v", north)
	}
	for i, code := range []string{"U99002", "U99003", "U99004", "U99005"} {
		someone.do(t, "registerNetwork", input{"code": code, "name": fmt.Sprint("Network ", i+2), "system": "QZ1"})
	}
	someone.do(t, "registerPractice", input{"code": "Z99001", "name": "Mill Lane", "system": "QZ1"})
	someone.do(t, "registerPractice", input{"code": "Z99002", "name": "Bridge Street", "system": "QZ1"})
	someone.do(t, "joinNetwork", input{"practice": "Z99001", "network": "U99001", "from": "2025-04-01"})
	someone.do(t, "joinNetwork", input{"practice": "Z99002", "network": "U99001", "from": "2025-04-01"})
	someone.do(t, "leaveNetwork", input{"practice": "Z99001", "network": "U99001", "lastDay": "2026-03-31"})
	last := someone.do(t, "joinNetwork", input{"practice": "Z99001", "network": "U99002", "from": "2026-04-01"})
	if !last.Visible {
		t.Fatalf("what waits for VISIBLE is answered %+v", last)
	}

	t.Run("what was true on a day", func(t *testing.T) {
		for day, want := range map[string]string{
			"2025-03-31": `{"value":"0"},"members":[]`,
			"2026-03-31": `{"value":"2"},"members":[{"practice":{"code":"Z99001"},"lastDay":"2026-03-31"},{"practice":{"code":"Z99002"},"lastDay":null}]`,
			"2026-04-01": `{"value":"1"},"members":[{"practice":{"code":"Z99002"},"lastDay":null}]`,
		} {
			someone.says(t, `{ network(code: "U99001", on: "`+day+`") { practiceCount { value } members { practice { code } lastDay } } }`,
				`{"network":{"practiceCount":`+want+`}}`)
		}
		someone.says(t, `{ practice(code: "Z99001", on: "2026-04-01") { network { code place { name } } memberships { network { code } from } } }`,
			`{"practice":{"network":{"code":"U99002","place":null},"memberships":[{"network":{"code":"U99001"},"from":"2025-04-01"},{"network":{"code":"U99002"},"from":"2026-04-01"}]}}`)
	})
	t.Run("what the book said then", func(t *testing.T) { saidThen(t, someone, north) })
	t.Run("entries and nodes", func(t *testing.T) {
		someone.says(t, `{ entries(about: "practice-Z99001", first: 2) { nodes { type entities revision actor data } pageInfo { hasNextPage hasPreviousPage } } }`,
			`{"entries":{"nodes":[{"type":"network.practice_registered.v1","entities":["practice-Z99001","system-QZ1"],"revision":0,"actor":`+actor(t, someone)+`,"data":{"practice":"Z99001","name":"Mill Lane","system":"QZ1"}},`+
				`{"type":"network.joined.v1","entities":["practice-Z99001","network-U99001"],"revision":1,"actor":`+actor(t, someone)+`,"data":{"practice":"Z99001","network":"U99001","from":"2025-04-01"}}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false}}}`)
		page := read[struct {
			Entries struct{ PageInfo struct{ EndCursor string } }
		}](t, someone, `{ entries(about: "practice-Z99001", first: 2) { pageInfo { endCursor } } }`)
		someone.says(t, `{ entries(about: "practice-Z99001", first: 5, after: "`+page.Entries.PageInfo.EndCursor+`") { nodes { type } pageInfo { hasNextPage hasPreviousPage } } }`,
			`{"entries":{"nodes":[{"type":"network.left.v1"},{"type":"network.joined.v1"}],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true}}}`)
		someone.says(t, `{ a: node(id: "place-QZ1-WEST") { id ... on Place { name system { code } } } b: node(id: "practice-Z99002") { ... on Practice { name } } c: node(id: "network-U00000") { id } d: node(id: "system-QZ1") { ... on System { region networkCount { value unit } places { code } } } }`,
			`{"a":{"id":"place-QZ1-WEST","name":"Far West","system":{"code":"QZ1"}},"b":{"name":"Bridge Street"},"c":null,"d":{"region":"Y59","networkCount":{"value":"5","unit":"network"},"places":[{"code":"WEST"}]}}`)
	})
	t.Run("pages", func(t *testing.T) { turn(t, someone) })
	t.Run("after", func(t *testing.T) { after(t, s, someone) })
	t.Run("live", func(t *testing.T) { live(t, someone) })
	t.Run("the same request", func(t *testing.T) { same(t, s, someone) })
}

func actor(t testing.TB, c client) string {
	me := read[struct{ Me struct{ Ref string } }](t, c, `{ me { ref } }`)
	return `"` + me.Me.Ref + `"`
}

func saidThen(t *testing.T, c client, north receipt) {
	renamed := c.do(t, "renameNetwork", input{"code": "U99001", "name": "Far North"})
	if !renamed.Time.After(north.Time) {
		t.Fatalf("renamed at %s, registered at %s", renamed.Time, north.Time)
	}
	at := func(when time.Time) string { return when.Format(time.RFC3339Nano) }
	c.says(t, `{ now: network(code: "U99001") { name } then: network(code: "U99001", asAt: "`+at(north.Time)+`") { name system { name } place { name } }
		moment: network(code: "U99001", asAt: "`+at(renamed.Time)+`") { name } justBefore: network(code: "U99001", asAt: "`+at(renamed.Time.Add(-time.Microsecond))+`") { name }
		never: network(code: "U99001", asAt: "2001-01-01T00:00:00Z") { name } none: networks(first: 1, asAt: "2001-01-01T00:00:00Z") { totalCount }
		written: entries(about: "network-U99001", first: 9, asAt: "`+at(north.Time)+`") { nodes { type } } }`,
		`{"now":{"name":"Far North"},"then":{"name":"North","system":{"name":"Demonstration"},"place":{"name":"Far West"}},`+
			`"moment":{"name":"Far North"},"justBefore":{"name":"North"},"never":null,"none":{"totalCount":0},`+
			`"written":{"nodes":[{"type":"network.network_registered.v1"}]}}`)
}

// turn goes through the pages of a list, forwards and backwards.
func turn(t *testing.T, c client) {
	type page struct {
		Networks struct {
			TotalCount int
			Nodes      []struct{ Code string }
			PageInfo   struct {
				HasNextPage, HasPreviousPage bool
				StartCursor, EndCursor       string
			}
		}
	}
	const fields = `{ totalCount nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`
	all := []string{"U99001", "U99002", "U99003", "U99004", "U99005"}
	for _, way := range []struct{ size, from string }{{"first", "after"}, {"last", "before"}} {
		var seen []string
		cursor := ""
		for turned := 1; ; turned++ {
			doc := `{ networks(` + way.size + `: 2, filter: {system: "QZ1"}` + cursor + `) ` + fields + ` }`
			p := read[page](t, c, doc).Networks
			if p.TotalCount != len(all) {
				t.Fatalf("%s: %d in all", doc, p.TotalCount)
			}
			codes := []string{}
			for _, n := range p.Nodes {
				codes = append(codes, n.Code)
			}
			more := p.PageInfo.HasNextPage
			if way.size == "first" {
				seen = append(seen, codes...)
				cursor = `, after: "` + p.PageInfo.EndCursor + `"`
			} else {
				seen = append(codes, seen...)
				cursor = `, before: "` + p.PageInfo.StartCursor + `"`
				more = p.PageInfo.HasPreviousPage
			}
			if !more {
				if turned != 3 {
					t.Errorf("%s: %d pages", way.size, turned)
				}
				break
			}
			if turned > 3 {
				t.Fatalf("%s: the pages do not end", way.size)
			}
		}
		if !slices.Equal(seen, all) {
			t.Errorf("%s: got %v", way.size, seen)
		}
	}
	for _, wrong := range []string{`first: 0`, `first: 101`, `first: 1, last: 1`, `after: "x"`, `first: 1, after: "x"`} {
		a := c.ask(t, `{ networks(`+wrong+`) { totalCount } }`)
		if codes := a.codes(); len(codes) != 1 || codes[0] != "PAGE_INVALID" && codes[0] != "CURSOR_INVALID" {
			t.Errorf("networks(%s) is answered %s", wrong, a.body)
		}
	}
}

// after asks replicas that may be behind.
func after(t *testing.T, s *site, c client) {
	other := s.as(t, "another-steward", steward)
	for i := range 5 {
		name := fmt.Sprint("Third, ", i)
		r := c.do(t, "renameNetwork", input{"code": "U99003", "name": name, "wait": "RECORDED"})
		a := other.with("Openbook-After", r.Position).says(t, `{ network(code: "U99003") { name } }`, `{"network":{"name":"`+name+`"}}`)
		if a.Extensions.AsOf.Position < r.Position || a.Extensions.AsOf.Time.Before(r.Time) {
			t.Errorf("after %s at %s, the answer says it is as of %+v", r.Position, r.Time, a.Extensions.AsOf)
		}
	}
	began := time.Now()
	a := other.with("Openbook-After", "zzzzzzzz").ask(t, `{ network(code: "U99003") { name } }`)
	if took := time.Since(began); !slices.Equal(a.codes(), []string{"STALE"}) || took < time.Second || took > 8*time.Second {
		t.Errorf("what nobody can have seen is answered after %s: %s", took, a.body)
	}
	if a := other.with("Openbook-After", "not a position").ask(t, `{ me { ref } }`); !slices.Equal(a.codes(), []string{"POSITION_INVALID"}) {
		t.Errorf("a position that is none is answered %s", a.body)
	}
}

// live watches a network, goes away, and comes back.
func live(t *testing.T, c client) {
	watching := c.watch(t, "U99004", "")
	if first := watching.next(t); first.name() != "Network 4" || len(first.Data.NetworkChanged.Entries) != 0 {
		t.Fatalf("first comes %+v", first)
	}
	one := c.do(t, "renameNetwork", input{"code": "U99004", "name": "One"})
	c.do(t, "renameNetwork", input{"code": "U99005", "name": "Somebody else"})
	seen := watching.next(t)
	if entries := seen.Data.NetworkChanged.Entries; seen.name() != "One" || len(entries) != 1 || entries[0].ID != one.ID {
		t.Fatalf("then comes %+v, not %s", seen, one.ID)
	}
	watching.quiet(t)
	watching.stop()

	two := c.do(t, "renameNetwork", input{"code": "U99004", "name": "Two"})
	joined := c.do(t, "joinNetwork", input{"practice": "Z99002", "network": "U99004", "from": "2020-01-01", "lastDay": "2020-12-31"})
	watching = c.with("Openbook-After", joined.Position).watch(t, "U99004", seen.position())
	missed := watching.next(t)
	if entries := missed.Data.NetworkChanged.Entries; missed.name() != "Two" || len(entries) != 2 || entries[0].ID != two.ID || entries[1].ID != joined.ID {
		t.Fatalf("who comes back is told %+v", missed)
	}
	three := c.do(t, "renameNetwork", input{"code": "U99004", "name": "Three"})
	if next := watching.next(t); next.name() != "Three" || len(next.Data.NetworkChanged.Entries) != 1 || next.Data.NetworkChanged.Entries[0].ID != three.ID {
		t.Fatalf("and then %+v", next)
	}
	watching.quiet(t)
	watching.stop()
	nothing := c.watch(t, "U99004", three.Position)
	nothing.quiet(t)
}

// same sends the same request again.
func same(t *testing.T, s *site, c client) {
	request := input{"code": "U99002", "name": "South", "idempotencyKey": "the same"}
	first := c.do(t, "renameNetwork", request)
	if again := c.do(t, "renameNetwork", request); again.recorded() != first.recorded() {
		t.Errorf("again gives %+v, first gave %+v", again, first)
	}
	if so := c.do(t, "renameNetwork", input{"code": "U99002", "name": "South"}); so.Entries != 0 || so.ID != first.ID {
		t.Errorf("what is so already gives %+v", so)
	}
	other := input{"code": "U99002", "name": "Something else", "idempotencyKey": "the same"}
	if p := c.refused(t, "renameNetwork", other); p[0].Code != "IDEMPOTENCY_CONFLICT" {
		t.Errorf("the same key for another request: %+v", p)
	}
	// The key is the asker's own: somebody else may use it too.
	theirs := s.as(t, "third-steward", steward).do(t, "renameNetwork", other)
	if theirs.Entries != 1 {
		t.Errorf("somebody else's key: %+v", theirs)
	}
	if p := c.refused(t, "renameNetwork", input{"code": "U99002", "name": "Late", "ifRevision": first.Revision}); p[0].Code != "REVISION_CONFLICT" {
		t.Errorf("a revision that is past: %+v", p)
	}
	if r := c.do(t, "renameNetwork", input{"code": "U99002", "name": "In time", "ifRevision": theirs.Revision}); r.Revision != theirs.Revision+1 {
		t.Errorf("at the revision named: %+v", r)
	}

	s.restart(t)
	if again, err := c.insist(t.Context(), "renameNetwork", request); err != nil || again.recorded() != first.recorded() {
		t.Errorf("after a restart %+v, %v, before %+v", again, err, first)
	}
	if p := c.refused(t, "renameNetwork", other); p[0].Code != "IDEMPOTENCY_CONFLICT" {
		t.Errorf("the same key for another request, after a restart: %+v", p)
	}
	c.says(t, `{ network(code: "U99002") { name } }`, `{"network":{"name":"In time"}}`)
}

func TestTheStoryInOneProcess(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	tell(t, s)
}
