package platform_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/platform"
)

// scribble appends to the book of a platform that is down.
func scribble(t testing.TB, data string, stream events.Stream, at events.Revision, typ, fact string) events.ID {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(data, "book.db")})
	if err != nil {
		t.Fatal(err)
	}
	id := events.ID(uuid.NewString())
	_, err = s.Append(t.Context(), stream, at, []store.Entry{{
		Envelope: events.Envelope{ID: id, Type: typ, Source: "test", Entities: []events.Entity{events.Entity(stream)}}, Data: []byte(fact),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAFactNobodyCanReadParksWhomItNamesAndNobodyElse(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s, stop := up(t, platform.Config{Data: data})
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "Demonstration"})
	for _, code := range []string{"U99001", "U99002", "U99003"} {
		c.do(t, "registerNetwork", input{"code": code, "name": "Network " + code, "system": "QZ1"})
	}
	for practice, network := range map[string]string{"Z99001": "U99001", "Z99002": "U99002", "Z99003": "U99003"} {
		c.do(t, "registerPractice", input{"code": practice, "name": "Practice " + practice, "system": "QZ1"})
		c.do(t, "joinNetwork", input{"practice": practice, "network": network, "from": "2025-04-01"})
	}
	stop()
	later := scribble(t, data, "network-U99001", 0, "network.network_renamed.v9", `{"network":"U99001","titles":["of a later release"]}`)
	damaged := scribble(t, data, "practice-Z99002", 1, "network.practice_renamed.v1", `{"practice":{"damaged":true}}`)

	s, _ = up(t, platform.Config{Data: data})
	c = s.as(t, "steward", steward)
	type parking struct{ Entity, Fact, Type, Reason string }
	parked := read[struct{ Status struct{ Parked []parking } }](t, c, `{ status { parked { entity fact type reason } } }`).Status.Parked
	slices.SortFunc(parked, func(a, b parking) int { return len(a.Entity) - len(b.Entity) }) // network-U99001, practice-Z99002
	if len(parked) != 2 || parked[0].Entity != "network-U99001" || parked[0].Fact != string(later) || parked[0].Type != "network.network_renamed.v9" ||
		parked[1].Entity != "practice-Z99002" || parked[1].Fact != string(damaged) || parked[0].Reason == "" || parked[1].Reason == "" {
		t.Errorf("parked are %+v", parked)
	}
	for of, sees := range map[events.Entity]bool{"system-QZ1": true, "practice-Z99003": true, "system-QZ2": false, "partner-X1": false} {
		who := s.as(t, "somebody", ask.Grant{Role: ask.Auditor, Of: of})
		if a := who.ask(t, `{ status { parked { entity type } recorded } network(code: "U99001") { practiceCount { unknown { code reason } } } }`); len(a.Errors) > 0 ||
			strings.Contains(a.body, "network_renamed") != sees || !strings.Contains(a.body, `"code":"PARKED"`) {
			t.Errorf("somebody of %s is answered %s", of, a.body)
		}
	}
	c.says(t, `{ a: network(code: "U99001") { name practiceCount { value unknown { code } } } b: network(code: "U99002") { practiceCount { value unknown { code } } }
		c: network(code: "U99003") { name practiceCount { value unknown { code } } } system(code: "QZ1") { networkCount { value } practiceCount { value } } }`,
		`{"a":{"name":"Network U99001","practiceCount":{"value":null,"unknown":{"code":"PARKED"}}},"b":{"practiceCount":{"value":null,"unknown":{"code":"PARKED"}}},`+
			`"c":{"name":"Network U99003","practiceCount":{"value":"1","unknown":null}},"system":{"networkCount":{"value":"3"},"practiceCount":{"value":"3"}}}`)

	for mutation, in := range map[string]input{
		"renameNetwork":   {"code": "U99001", "name": "No"},
		"registerNetwork": {"code": "U99001", "name": "No", "system": "QZ1"},
		"renamePractice":  {"code": "Z99002", "name": "No"},
		"leaveNetwork":    {"practice": "Z99002", "network": "U99002", "lastDay": "2026-03-31"},
		"joinNetwork":     {"practice": "Z99002", "network": "U99003", "from": "2026-04-01"},
	} {
		if p := c.refused(t, mutation, in); p[0].Code != "PARKED" {
			t.Errorf("%s on what is parked: %+v", mutation, p)
		}
	}
	c.do(t, "renameNetwork", input{"code": "U99002", "name": "On"})
	c.do(t, "renameNetwork", input{"code": "U99003", "name": "And on"})
	c.do(t, "leaveNetwork", input{"practice": "Z99003", "network": "U99003", "lastDay": "2026-03-31"})
	c.do(t, "joinNetwork", input{"practice": "Z99003", "network": "U99002", "from": "2026-04-01"})
	c.says(t, `{ network(code: "U99003", on: "2026-04-01") { name practiceCount { value } } practice(code: "Z99003", on: "2026-04-01") { network { name } } }`,
		`{"network":{"name":"And on","practiceCount":{"value":"0"}},"practice":{"network":{"name":"On"}}}`)

	// What was written of it can be seen; what this release cannot classify cannot.
	c.says(t, `{ entries(about: "network-U99001", first: 9) { nodes { type } } damaged: entries(about: "practice-Z99002", first: 9) { nodes { type } } }`,
		`{"entries":{"nodes":[{"type":"network.network_registered.v1"},{"type":"network.joined.v1"}]},`+
			`"damaged":{"nodes":[{"type":"network.practice_registered.v1"},{"type":"network.joined.v1"},{"type":"network.practice_renamed.v1"}]}}`)
}
