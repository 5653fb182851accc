package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/platform"
)

// A year in a system's life, as its steward and a network's manager record it.
func TestGovernance(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	c := s.as(t, "steward", steward)
	for _, code := range []string{"QZ1", "QZ2", "QZ3"} {
		c.do(t, "registerSystem", input{"code": code, "name": "System " + code})
	}
	c.do(t, "registerPlace", input{"system": "QZ1", "code": "WEST", "name": "West"})
	for _, code := range []string{"U99001", "U99002", "U99003"} {
		c.do(t, "registerNetwork", input{"code": code, "name": "Network " + code, "system": "QZ1"})
	}
	for _, code := range []string{"Z99001", "Z99002", "Z99003"} {
		c.do(t, "registerPractice", input{"code": code, "name": "Practice " + code, "system": "QZ1"})
		c.do(t, "joinNetwork", input{"practice": code, "network": "U99001", "from": "2019-07-01"})
	}
	manager := s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"})

	t.Run("leadership", func(t *testing.T) {
		manager.do(t, "appointDirector", input{"network": "U99001", "person": "person-a", "share": "0.6", "profession": "GP", "firstRole": false, "from": "2025-04-01", "lastDay": "2027-03-31"})
		manager.do(t, "appointDirector", input{"network": "U99001", "person": "person-b", "share": "0.4", "profession": "nurse", "from": "2025-04-01"})
		manager.do(t, "giveDirectorNotice", input{"network": "U99001", "person": "person-b", "givenOn": "2026-01-05", "lastDay": "2026-03-31"})
		manager.do(t, "nameDeputy", input{"network": "U99001", "person": "person-c", "from": "2026-04-01"})
		c.says(t, `{ network(code: "U99001", on: "2026-04-10") { directors { person share profession firstRole from lastDay noticeGivenOn } directorVacancy { share { value unit } since days { value } } deputies { person from lastDay } } }`,
			`{"network":{"directors":[{"person":"person-a","share":"0.6","profession":"GP","firstRole":false,"from":"2025-04-01","lastDay":"2027-03-31","noticeGivenOn":null}],"directorVacancy":{"share":{"value":"0.4","unit":"post"},"since":"2026-04-01","days":{"value":"10"}},"deputies":[{"person":"person-c","from":"2026-04-01","lastDay":null}]}}`)
		c.says(t, `{ network(code: "U99002") { directors { person } directorVacancy { share { value unknown { code owedBy } } since } } }`,
			`{"network":{"directors":[],"directorVacancy":{"share":{"value":null,"unknown":{"code":"DIRECTOR_NOT_KNOWN","owedBy":"network-U99002"}},"since":null}}}`)
		manager.do(t, "endDirector", input{"network": "U99001", "person": "person-a", "lastDay": "2026-12-31"})
		elsewhere := manager.refused(t, "appointDirector", input{"network": "U99002", "person": "person-a", "share": "1", "from": "2026-04-01"})
		if len(elsewhere) != 1 || elsewhere[0].Code != "FORBIDDEN" {
			t.Errorf("a network's manager appoints for another, and is told %+v", elsewhere)
		}
		name := manager.refused(t, "nameDeputy", input{"network": "U99001", "person": "Dr Nadia Whitlock", "from": "2026-04-01"})
		if diff := cmp.Diff([]problem{{Code: "PERSON_INVALID", Path: "person", Docs: "/docs/problems#person_invalid",
			Message: "A person is named by a reference such as person-7c9e, never by name: “person-” and 1 to 100 letters, digits, hyphens, dots or underscores."}}, name); diff != "" {
			t.Errorf("who writes a name is told (-want +got):\n%s", diff)
		}
	})
	t.Run("representation", func(t *testing.T) {
		c.do(t, "recordLMC", input{"system": "QZ1", "code": "DEMO", "name": "Demonstration LMC", "places": []string{"WEST"}})
		c.do(t, "mandateRepresentative", input{"system": "QZ1", "person": "person-r", "body": "Board", "networks": []string{"U99001", "U99002"}, "topics": []string{"workforce"}, "from": "2026-04-01"})
		c.do(t, "endMandate", input{"system": "QZ1", "person": "person-r", "body": "Board", "lastDay": "2026-09-30"})
		c.says(t, `{ system(code: "QZ1", on: "2026-09-30") { lmcs { code name places { name } } representatives { person body topics networks { code } system { code } from lastDay } } network(code: "U99002", on: "2026-10-01") { representatives { person } } }`,
			`{"system":{"lmcs":[{"code":"DEMO","name":"Demonstration LMC","places":[{"name":"West"}]}],"representatives":[{"person":"person-r","body":"Board","topics":["workforce"],"networks":[{"code":"U99001"},{"code":"U99002"}],"system":{"code":"QZ1"},"from":"2026-04-01","lastDay":"2026-09-30"}]},"network":{"representatives":[]}}`)
	})
	t.Run("notice and cover", func(t *testing.T) {
		manager.do(t, "giveNotice", input{"practice": "Z99003", "network": "U99001", "notice": "OPT_OUT", "givenOn": "2026-05-11", "lastDay": "2026-06-30"})
		c.says(t, `{ practice(code: "Z99003", on: "2026-06-30") { notices { network { code } kind givenOn lastDay contractYear late } coveredBy { from } } }`,
			`{"practice":{"notices":[{"network":{"code":"U99001"},"kind":"OPT_OUT","givenOn":"2026-05-11","lastDay":"2026-06-30","contractYear":"2026-04-01","late":true}],"coveredBy":[]}}`)
		manager.do(t, "withdrawNotice", input{"practice": "Z99003", "network": "U99001", "on": "2026-05-12"})
		c.do(t, "leaveNetwork", input{"practice": "Z99003", "network": "U99001", "lastDay": "2026-06-30"})
		c.do(t, "coverPatients", input{"practice": "Z99003", "network": "U99002", "from": "2026-07-01"})
		c.says(t, `{ practice(code: "Z99003", on: "2026-07-01") { notices { kind } coveredBy { network { code } lastDay } } network(code: "U99002", on: "2026-07-01") { covers { practice { code } } } }`,
			`{"practice":{"notices":[],"coveredBy":[{"network":{"code":"U99002"},"lastDay":null}]},"network":{"covers":[{"practice":{"code":"Z99003"}}]}}`)
		c.do(t, "recordListSize", input{"practice": "Z99003", "basis": "ADJUSTED", "on": "2026-01-01", "patients": 8815})
	})
	t.Run("merger and split", func(t *testing.T) {
		c.do(t, "splitNetwork", input{"network": "U99001", "into": "U99003", "practices": []string{"Z99002"}, "on": "2026-07-01"})
		c.do(t, "mergeNetworks", input{"network": "U99001", "into": "U99002", "on": "2026-10-01"})
		c.says(t, `{ a: network(code: "U99001", on: "2026-10-01") { open lastDay into { code } members { practice { code } } } b: network(code: "U99002", on: "2026-10-01") { members { practice { code } from } } c: network(code: "U99003", on: "2026-10-01") { practiceCount { value } } }`,
			`{"a":{"open":false,"lastDay":"2026-09-30","into":{"code":"U99002"},"members":[]},"b":{"members":[{"practice":{"code":"Z99001"},"from":"2026-10-01"}]},"c":{"practiceCount":{"value":"1"}}}`)
		c.do(t, "leaveNetwork", input{"practice": "Z99001", "network": "U99002", "lastDay": "2026-12-31"})
		c.says(t, `{ practice(code: "Z99001") { memberships { network { code } from lastDay } } }`,
			`{"practice":{"memberships":[{"network":{"code":"U99001"},"from":"2019-07-01","lastDay":"2026-09-30"},{"network":{"code":"U99002"},"from":"2026-10-01","lastDay":"2026-12-31"}]}}`)
	})
	t.Run("ends and moves", func(t *testing.T) {
		members := c.refused(t, "closeNetwork", input{"code": "U99003", "lastDay": "2026-12-31"})
		if diff := cmp.Diff([]problem{{Code: "NETWORK_HAS_MEMBERS", Path: "lastDay", Docs: "/docs/problems#network_has_members",
			Message: "Network U99003 has members after 2026-12-31: Z99002. Record first when they leave, or merge it into another."}}, members); diff != "" {
			t.Errorf("who closes a network with members is told (-want +got):\n%s", diff)
		}
		c.do(t, "closePractice", input{"code": "Z99002", "lastDay": "2026-12-31"})
		c.do(t, "closeNetwork", input{"code": "U99003", "lastDay": "2026-12-31"})
		c.do(t, "reopenNetwork", input{"code": "U99003", "from": "2027-04-01"})
		c.do(t, "moveNetwork", input{"code": "U99003", "system": "QZ2", "from": "2027-04-01"})
		c.do(t, "movePractice", input{"code": "Z99001", "system": "QZ2", "from": "2027-01-01"})
		c.do(t, "succeedSystem", input{"code": "QZ1", "by": []string{"QZ2", "QZ3"}, "on": "2027-06-01"})
		c.says(t, `{ system(code: "QZ1") { lastDay succeededBy { code } } network(code: "U99003", on: "2027-04-01") { open system { code } } practice(code: "Z99001", on: "2027-01-01") { system { code } } none: network(code: "U99002", on: "2027-06-01") { system { code } } }`,
			`{"system":{"lastDay":"2027-05-31","succeededBy":[{"code":"QZ2"},{"code":"QZ3"}]},"network":{"open":true,"system":{"code":"QZ2"}},"practice":{"system":{"code":"QZ2"}},"none":{"system":null}}`)
	})
}
