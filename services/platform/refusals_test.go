package platform_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/services/platform"
)

const (
	noName  = "A name is missing. Write it in 1 to 200 characters."
	noPlain = "The name has characters that cannot be shown. Write it as plain text on one line."
	notPCN  = `"U1234" is not the code of a Primary Care Network. It looks like U12345.`
	notICB  = `"QZ" is not the code of a system. It looks like QU9 or D4U1Y.`
	notGP   = `"99001" is not the code of a GP practice. It looks like A81001.`
	noKey   = "An idempotency key is 1 to 200 characters of your own choice, new for each new request; a UUID serves."
)

// refusals is what people are told who ask for what cannot be, word for word.
var refusals = []struct {
	mutation            string
	in                  input
	code, path, message string
}{
	{"registerSystem", input{"code": "QZ", "name": "x"}, "CODE_INVALID", "code", notICB},
	{"registerSystem", input{"code": "QZ2", "name": "x", "region": "59"}, "CODE_INVALID", "region", `"59" is not the code of a region. It looks like Y59.`},
	{"registerSystem", input{"code": "QZ2", "name": ""}, "NAME_INVALID", "name", noName},
	{"registerSystem", input{"code": "QZ1", "name": "Another"}, "SYSTEM_EXISTS", "code", "System QZ1 is in the book already, as “Demonstration”. To change its name, rename it."},
	{"renameSystem", input{"code": "QZ", "name": "x"}, "CODE_INVALID", "code", notICB},
	{"renameSystem", input{"code": "QZ2", "name": "x"}, "SYSTEM_UNKNOWN", "code", "There is no system QZ2 in the book. Register it first, or check the code."},
	{"registerPlace", input{"system": "QZ", "code": "EAST", "name": "x"}, "CODE_INVALID", "system", notICB},
	{"registerPlace", input{"system": "QZ1", "code": "East", "name": "x"}, "CODE_INVALID", "code", `"East" is not the code of a place. It looks like WEST: 1 to 20 capital letters, digits and hyphens.`},
	{"registerPlace", input{"system": "QZ2", "code": "EAST", "name": "x"}, "SYSTEM_UNKNOWN", "system", "There is no system QZ2 in the book. Register it first, or check the code."},
	{"registerPlace", input{"system": "QZ1", "code": "WEST", "name": "Another"}, "PLACE_EXISTS", "code", "System QZ1 has a place WEST already, “West”. To change its name, rename it."},
	{"renamePlace", input{"system": "QZ1", "code": "EAST", "name": "x"}, "PLACE_UNKNOWN", "code", "System QZ1 has no place EAST. Register the place first, or check the code."},
	{"registerNetwork", input{"code": "U1234", "name": "x", "system": "QZ1"}, "CODE_INVALID", "code", notPCN},
	{"registerNetwork", input{"code": "U99009", "name": "x", "system": "QZ"}, "CODE_INVALID", "system", notICB},
	{"registerNetwork", input{"code": "U99009", "name": "x", "system": "QZ1", "place": "no place"}, "CODE_INVALID", "place", `"no place" is not the code of a place. It looks like WEST: 1 to 20 capital letters, digits and hyphens.`},
	{"registerNetwork", input{"code": "U99009", "name": "x", "system": "QZ2"}, "SYSTEM_UNKNOWN", "system", "There is no system QZ2 in the book. Register it first, or check the code."},
	{"registerNetwork", input{"code": "U99009", "name": "x", "system": "QZ1", "place": "EAST"}, "PLACE_UNKNOWN", "place", "System QZ1 has no place EAST. Register the place first, or check the code."},
	{"registerNetwork", input{"code": "U99001", "name": "Another", "system": "QZ1"}, "NETWORK_EXISTS", "code", "Network U99001 is in the book already, as “North” in system QZ1. To change its name, rename it."},
	{"renameNetwork", input{"code": "U1234", "name": "x"}, "CODE_INVALID", "code", notPCN},
	{"renameNetwork", input{"code": "U99009", "name": "x"}, "NETWORK_UNKNOWN", "code", "There is no network U99009 in the book. Register it first, or check the code."},
	{"renameNetwork", input{"code": "U99001", "name": ""}, "NAME_INVALID", "name", noName},
	{"renameNetwork", input{"code": "U99001", "name": "   "}, "NAME_INVALID", "name", noName},
	{"renameNetwork", input{"code": "U99001", "name": " North"}, "NAME_INVALID", "name", "The name begins or ends with a space. Remove it."},
	{"renameNetwork", input{"code": "U99001", "name": "No\u0000rth"}, "NAME_INVALID", "name", noPlain},
	{"renameNetwork", input{"code": "U99001", "name": "No\nrth"}, "NAME_INVALID", "name", noPlain},
	{"renameNetwork", input{"code": "U99001", "name": "No\u202erth"}, "NAME_INVALID", "name", noPlain},
	{"renameNetwork", input{"code": "U99001", "name": strings.Repeat("é", 201)}, "NAME_INVALID", "name", "The name has 201 characters; 200 is the most."},
	{"registerPractice", input{"code": "99001", "name": "x", "system": "QZ1"}, "CODE_INVALID", "code", notGP},
	{"registerPractice", input{"code": "Z99009", "name": "x", "system": "QZ2"}, "SYSTEM_UNKNOWN", "system", "There is no system QZ2 in the book. Register it first, or check the code."},
	{"registerPractice", input{"code": "Z99001", "name": "Another", "system": "QZ1"}, "PRACTICE_EXISTS", "code", "Practice Z99001 is in the book already, as “Mill Lane” in system QZ1. To change its name, rename it."},
	{"renamePractice", input{"code": "99001", "name": "x"}, "CODE_INVALID", "code", notGP},
	{"renamePractice", input{"code": "Z99009", "name": "x"}, "PRACTICE_UNKNOWN", "code", "There is no practice Z99009 in the book. Register it first, or check the code."},
	{"joinNetwork", input{"practice": "99001", "network": "U99001", "from": "2026-04-01"}, "CODE_INVALID", "practice", notGP},
	{"joinNetwork", input{"practice": "Z99001", "network": "U1234", "from": "2026-04-01"}, "CODE_INVALID", "network", notPCN},
	{"joinNetwork", input{"practice": "Z99009", "network": "U99001", "from": "2026-04-01"}, "PRACTICE_UNKNOWN", "practice", "There is no practice Z99009 in the book. Register it first, or check the code."},
	{"joinNetwork", input{"practice": "Z99001", "network": "U99009", "from": "2026-04-01"}, "NETWORK_UNKNOWN", "network", "There is no network U99009 in the book. Register it first, or check the code."},
	{"joinNetwork", input{"practice": "Z99001", "network": "U99001", "from": "2026-04-01", "lastDay": "2026-03-31"}, "ENDS_BEFORE_START", "lastDay",
		"The last day, 2026-03-31, is before the first, 2026-04-01. The last day still counts, so it can be the first at the earliest."},
	{"joinNetwork", input{"practice": "Z99001", "network": "U99002", "from": "2026-03-31"}, "MEMBERSHIP_OVERLAPS", "from",
		"Practice Z99001 is in network U99001 since 2025-04-01. A practice is in one network at a time: record its last day there first, or choose other dates."},
	{"joinNetwork", input{"practice": "Z99001", "network": "U99002", "from": "2020-01-01", "lastDay": "2025-04-01"}, "MEMBERSHIP_OVERLAPS", "from",
		"Practice Z99001 is in network U99001 since 2025-04-01. A practice is in one network at a time: record its last day there first, or choose other dates."},
	{"leaveNetwork", input{"practice": "Z99001", "network": "U99001", "lastDay": "2025-03-30"}, "ENDS_BEFORE_START", "lastDay", "Practice Z99001 joined network U99001 on 2025-04-01. Its last day, 2025-03-30, cannot be earlier."},
	{"leaveNetwork", input{"practice": "Z99001", "network": "U99002", "lastDay": "2026-03-31"}, "NOT_A_MEMBER", "network", "Practice Z99001 is not in network U99002 with an open end, so there is nothing to end."},
	{"leaveNetwork", input{"practice": "Z99009", "network": "U99001", "lastDay": "2026-03-31"}, "PRACTICE_UNKNOWN", "practice", "There is no practice Z99009 in the book. Register it first, or check the code."},
	{"renameNetwork", input{"code": "U99001", "name": "x", "idempotencyKey": ""}, "IDEMPOTENCY_KEY_INVALID", "idempotencyKey", noKey},
	{"renameNetwork", input{"code": "U99001", "name": "x", "idempotencyKey": strings.Repeat("k", 201)}, "IDEMPOTENCY_KEY_INVALID", "idempotencyKey", noKey},
	{"renameNetwork", input{"code": "U99001", "name": "x", "idempotencyKey": "a\tb"}, "IDEMPOTENCY_KEY_INVALID", "idempotencyKey", noKey},
	{"renameNetwork", input{"code": "U99001", "name": "x", "ifRevision": 7}, "REVISION_CONFLICT", "ifRevision", "This has changed since you read it: it is at revision 0, you named 7. Look again, then decide."},
}

// Every refusal says which field it is about and, in a whole sentence, what to
// do; and nothing is recorded.
func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
	c.do(t, "registerPlace", input{"system": "QZ1", "code": "WEST", "name": "West"})
	c.do(t, "registerNetwork", input{"code": "U99001", "name": "North", "system": "QZ1"})
	c.do(t, "registerNetwork", input{"code": "U99002", "name": "South", "system": "QZ1"})
	c.do(t, "registerPractice", input{"code": "Z99001", "name": "Mill Lane", "system": "QZ1"})
	c.do(t, "joinNetwork", input{"practice": "Z99001", "network": "U99001", "from": "2025-04-01"})
	before := caughtUp(t, c)
	for _, r := range refusals {
		problems := c.refused(t, r.mutation, r.in)
		want := []problem{{Code: r.code, Message: r.message, Path: r.path, Docs: "/docs/problems#" + strings.ToLower(r.code)}}
		if diff := cmp.Diff(want, problems); diff != "" {
			t.Errorf("%s %v: (-want +got)\n%s", r.mutation, r.in, diff)
		}
	}
	all := c.refused(t, "joinNetwork", input{"practice": "x", "network": "y", "from": "2026-04-01", "lastDay": "2026-03-31", "idempotencyKey": ""})
	if len(all) != 4 {
		t.Errorf("of four things wrong at once these are told: %+v", all)
	}
	if after := caughtUp(t, c); after != before {
		t.Errorf("%d entries before the refusals, %d after", before, after)
	}

	// What is not even a request of this form is a mistake in the document.
	for doc, says := range map[string]string{
		`mutation { renameNetwork(input: {code: "U99001", name: "x"}) { problems { code } } }`:                                      "idempotencyKey",
		`mutation { renameNetwork(input: {code: "U99001", idempotencyKey: "k"}) { problems { code } } }`:                            "name",
		`{ network(code: "U99001", asAt: "2026-04-01") { name } }`:                                                                  "2026-04-01",
		`mutation { renameNetwork(input: {code: "U99001", name: "x", idempotencyKey: "k", wait: FOR_EVER}) { problems { code } } }`: "FOR_EVER",
		`{ networks(first: 99999999999999999999) { totalCount } }`:                                                                  "99999999999999999999",
		`{ network(code: "U99001", on: 7) { name } }`:                                                                               "2026-04-01",
	} {
		a := c.ask(t, doc)
		if len(a.Errors) == 0 || !strings.Contains(a.Errors[0].Message, says) || strings.Contains(a.body, "FAULT") {
			t.Errorf("%s\nis answered %d %s", doc, a.status, a.body)
		}
	}
	for _, day := range []string{"yesterday", "2026-02-30", "31/07/2026"} {
		all := c.refused(t, "joinNetwork", input{"practice": "Z99001", "network": "U99001", "from": day})
		if len(all) != 1 || all[0].Code != "DATE_MALFORMED" || all[0].Path != "from" || !strings.Contains(all[0].Message, day) {
			t.Errorf("%s for a day is answered %+v", day, all)
		}
	}
	for doc, want := range map[string]failure{
		`{ network(code: "U1234") { name } }`:                             {Message: notPCN, Extensions: map[string]any{"code": "CODE_INVALID"}},
		`{ system(code: "QZ") { name } }`:                                 {Message: notICB, Extensions: map[string]any{"code": "CODE_INVALID"}},
		`{ practice(code: "99001") { name } }`:                            {Message: notGP, Extensions: map[string]any{"code": "CODE_INVALID"}},
		`{ networks(first: 1, filter: {system: "QZ"}) { totalCount } }`:   {Message: notICB, Extensions: map[string]any{"code": "CODE_INVALID"}},
		`{ entries(about: "network-U99001", first: 0) { nodes { id } } }`: {Message: "Say how many you want: `first` (or `last`) from 1 to 100, one of the two.", Extensions: map[string]any{"code": "PAGE_INVALID"}},
	} {
		a := c.ask(t, doc)
		for _, got := range a.Errors {
			maps.DeleteFunc(got.Extensions, func(k string, _ any) bool { return k != "code" })
		}
		if diff := cmp.Diff([]failure{want}, a.Errors); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", doc, diff)
		}
	}
}
