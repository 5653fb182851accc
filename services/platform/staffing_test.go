package platform_test

import (
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
)

func post(role, from string) input {
	return input{
		"network": "U99001", "role": role, "hoursPerWeek": "37.5", "purpose": "ADDITIONAL", "employer": "West Federation Ltd",
		"model": "FEDERATION", "plannedFrom": from,
	}
}

// A post is planned, recruited for, filled, claimed for, left and filled again;
// what it was and is shows, with why it is additional; and claims, posts and the
// national return are held against each other.
func TestPosts(t *testing.T) {
	t.Parallel()
	s, manager, commissioner := employing(t)
	refused := refusing(t)
	refused(manager, "planPost", post("wizard", "2025-06-01"), "ROLE_UNKNOWN role")
	refused(commissioner, "planPost", post("clinical-pharmacist", "2025-06-01"), "FORBIDDEN")
	manager.do(t, "planPost", post("clinical-pharmacist", "2025-06-01"))
	manager.do(t, "advancePost", input{"network": "U99001", "post": 1, "to": "RECRUITING", "on": "2025-05-01"})
	of := func(more input) input { return with(input{"network": "U99001", "post": 1}, more) }
	filled := of(input{"employee": "Role 1", "startsOn": "2025-06-16", "from": "COMMUNITY_PHARMACY"})
	refused(manager, "fillPost", with(filled, input{"employee": "Jane Doe"}), "EMPLOYEE_INVALID employee")
	manager.do(t, "fillPost", filled)
	refused(manager, "fillPost", with(filled, input{"employee": "Role 2", "startsOn": "2025-08-01"}), "POST_FILLED post")

	const posts = `{ network(code: "U99001") { workforce(year: "2025/26") { posts(first: 9) { nodes { number stage role employee startsOn lastDay pension { eligible unknown { code } } additionality { verdict why unknown { code owedBy } } } } } } }`
	const head = `{"network":{"workforce":{"posts":{"nodes":[{"number":1,"stage":"FILLED","role":"clinical-pharmacist","employee":"Role 1","startsOn":"2025-06-16","lastDay":null,`
	manager.eventually(t, posts, head+`"pension":{"eligible":null,"unknown":{"code":"CONTRACT_NOT_STATED"}},"additionality":{"verdict":"NOT_KNOWN","why":["Network U99001 has not said how many WTE of clinical-pharmacist its practices had on 2019-03-31."],"unknown":{"code":"BASELINE_NOT_STATED","owedBy":"network-U99001"}}}]}}}}`)
	manager.do(t, "stateBaseline", input{"network": "U99001", "role": "clinical-pharmacist", "wte": "0", "source": "survey of 2019"})
	manager.do(t, "changePost", with(post("clinical-pharmacist", "2025-06-01"), of(input{"since": "2025-06-01", "nhsContract": true, "reason": "The federation holds one."})))
	manager.eventually(t, posts, head+`"pension":{"eligible":true,"unknown":null},"additionality":{"verdict":"ADDITIONAL","why":["What the practices had of clinical-pharmacist on 2019-03-31, 0 WTE, is there besides."],"unknown":null}}]}}}}`)

	// the claim has a longer week than the post, and somebody whom no post has
	june := input{"network": "U99001", "month": "2025-06", "lines": []input{with(pharmacist(1, "3000.00"), input{"hoursWorkedPerWeek": "40"}), with(pharmacist(7, "3000.00"), input{"startedOn": "2025-01-01"})}}
	manager.do(t, "submitClaim", june)
	const differences = `{ network(code: "U99001") { workforce(year: "2025/26") { reconciliation(month: "2025-06") { differences { code employee post sides { account figure { value } } } roles { role claimed { value } atEnd { value } posts { value } returned { value unknown { code } } } } } } }`
	manager.eventually(t, differences, `{"network":{"workforce":{"reconciliation":{"differences":[`+
		`{"code":"NOT_RETURNED","employee":null,"post":null,"sides":[{"account":"RETURN","figure":{"value":null}},{"account":"CLAIMS","figure":{"value":"2.07"}}]},`+
		`{"code":"HOURS_DIFFER","employee":"Role 1","post":1,"sides":[{"account":"CLAIMS","figure":{"value":"40"}},{"account":"POSTS","figure":{"value":"37.5"}}]},`+
		`{"code":"CLAIMED_WITHOUT_POST","employee":"Role 7","post":null,"sides":[{"account":"CLAIMS","figure":{"value":"37.5"}},{"account":"POSTS","figure":{"value":"0"}}]}],`+
		`"roles":[{"role":"clinical-pharmacist","claimed":{"value":"2.07"},"atEnd":{"value":"2.07"},"posts":{"value":"1"},"returned":{"value":null,"unknown":{"code":"NOT_RETURNED"}}}]}}}}`)
	staff := input{"network": "U99001", "month": "2025-06", "source": "NWRS", "staff": []input{{"group": "Other Direct Patient Care staff", "role": "Pharmacist", "records": 3, "wte": "3.5"}}}
	refused(commissioner, "returnStaff", staff, "FORBIDDEN")
	s.as(t, "steward", steward).do(t, "returnStaff", staff)
	board := s.as(t, "board", ask.Grant{Role: ask.Board, Of: "system-QZ1"})
	board.eventually(t, `{ system(code: "QZ1") { workforce(year: "2025/26") { reconciliation(month: "2025-06") { roles { role claimed { value unknown { code } } returned { value } } returns { networks } claims { networks missing } differing { network differences } } } } }`,
		`{"system":{"workforce":{"reconciliation":{"roles":[{"role":"clinical-pharmacist","claimed":{"value":null,"unknown":{"code":"FEW"}},"returned":{"value":"3.5"}}],"returns":{"networks":1},"claims":{"networks":1,"missing":[]},"differing":[{"network":"U99001","differences":3}]}}}}`)
	if a := board.ask(t, differences); len(a.codes()) == 0 || a.codes()[0] != "FORBIDDEN" {
		t.Errorf("a board sees single lines: %s", a.body)
	}

	const filledPosts = `{ system(code: "QZ1") { workforce(year: "2025/26") { postsByRole { role count { value } filled { value unknown { code } } vacant { value unknown { code } } } } } }`
	board.eventually(t, filledPosts, `{"system":{"workforce":{"postsByRole":[{"role":"clinical-pharmacist","count":{"value":"1"},"filled":{"value":null,"unknown":{"code":"FEW"}},"vacant":{"value":null,"unknown":{"code":"FEW"}}}]}}}`)
	commissioner.says(t, filledPosts, `{"system":{"workforce":{"postsByRole":[{"role":"clinical-pharmacist","count":{"value":"1"},"filled":{"value":"1","unknown":null},"vacant":{"value":"0","unknown":null}}]}}}`)
	refused(manager, "vacatePost", of(input{"lastDay": "2025-06-01", "why": "RESIGNED"}), "LEAVES_BEFORE_START lastDay")
	manager.do(t, "vacatePost", of(input{"lastDay": "2025-09-30", "why": "RESIGNED"}))
	manager.do(t, "planPost", post("social-prescribing-link-worker", "2025-10-01"))
	board.eventually(t, `{ system(code: "QZ1") { workforce(year: "2025/26") { leavers { value } turnover { value } postsByRole { role count { value } planned { value } filled { value } vacant { value } sought { value } } } } }`,
		`{"system":{"workforce":{"leavers":{"value":"1"},"turnover":{"value":null},"postsByRole":[`+
			`{"role":"clinical-pharmacist","count":{"value":"1"},"planned":{"value":"1"},"filled":{"value":"0"},"vacant":{"value":"1"},"sought":{"value":"0"}},`+
			`{"role":"social-prescribing-link-worker","count":{"value":"1"},"planned":{"value":"1"},"filled":{"value":"0"},"vacant":{"value":"0"},"sought":{"value":"1"}}]}}}`)
	refused(manager, "advancePost", of(input{"to": "RECRUITING", "on": "2025-09-30"}), "DAY_BEFORE on")
	manager.do(t, "advancePost", of(input{"to": "RECRUITING", "on": "2025-10-01"}))
	manager.do(t, "withdrawPost", of(input{"on": "2025-11-01", "reason": "There is no money for it."}))
	refused(manager, "fillPost", with(filled, input{"startsOn": "2025-12-01"}), "POST_WITHDRAWN post")

	manager.do(t, "reportDirectorTime", input{"network": "U99001", "month": "2025-06", "funded": "16", "spent": input{"leadership": "6", "administration": "5.5", "meetings": "9", "finance": "2", "hr": "1.25"}})
	manager.eventually(t, `{ network(code: "U99001") { workforce(year: "2025/26") { directorTime { month funded total meetings } } } }`,
		`{"network":{"workforce":{"directorTime":[{"month":"2025-06","funded":"16","total":"23.75","meetings":"9"}]}}}`)
}

// The best posts to add are found within a sum, by the contract's own maxima; a
// role of which none is known is left out, and says so.
func TestMixes(t *testing.T) {
	t.Parallel()
	_, manager, _ := employing(t)
	manager.do(t, "planPost", post("social-prescribing-link-worker", "2025-04-01"))
	manager.do(t, "fillPost", input{"network": "U99001", "post": 1, "employee": "Role 1", "startsOn": "2025-04-01", "from": "VOLUNTARY"})
	plan := func(from, more string) string {
		return `{ network(code: "U99001") { workforce(year: "2025/26") { mixes(input: {from: "` + from + `", ` + more + `
			tasks: [{task: "medication reviews", hours: "70"}, {task: "social prescribing", hours: "40"}],
			roles: [{role: "clinical-pharmacist", tasks: ["medication reviews"]}, {role: "social-prescribing-link-worker", tasks: ["social prescribing"]}]}) {
				sum from leftOut { role unknown { code } } mixes { posts { role posts } cost left undoneHours undone { task hours } work { role inPost task hours } } } } } }`
	}
	// half a year of a pharmacist at £66,972 is £33,486
	manager.eventually(t, plan("2025-10-01", `sum: "70000.00"`), `{"network":{"workforce":{"mixes":{"sum":"70000.00","from":"2025-10-01","leftOut":[{"role":"social-prescribing-link-worker","unknown":{"code":"MAXIMUM_NOT_KNOWN"}}],"mixes":[`+
		`{"posts":[{"role":"clinical-pharmacist","posts":2}],"cost":"66972.00","left":"3028.00","undoneHours":"2.50","undone":[{"task":"social prescribing","hours":"2.50"}],"work":[{"role":"social-prescribing-link-worker","inPost":true,"task":"social prescribing","hours":"37.50"},{"role":"clinical-pharmacist","inPost":false,"task":"medication reviews","hours":"70.00"}]},`+
		`{"posts":[{"role":"clinical-pharmacist","posts":1}],"cost":"33486.00","left":"36514.00","undoneHours":"35.00","undone":[{"task":"medication reviews","hours":"32.50"},{"task":"social prescribing","hours":"2.50"}],"work":[{"role":"social-prescribing-link-worker","inPost":true,"task":"social prescribing","hours":"37.50"},{"role":"clinical-pharmacist","inPost":false,"task":"medication reviews","hours":"37.50"}]},`+
		`{"posts":[],"cost":"0.00","left":"70000.00","undoneHours":"72.50","undone":[{"task":"medication reviews","hours":"70.00"},{"task":"social prescribing","hours":"2.50"}],"work":[{"role":"social-prescribing-link-worker","inPost":true,"task":"social prescribing","hours":"37.50"}]}]}}}}`)
	// a wage of £40,000 in that half is beyond the maximum of £33,486
	manager.says(t, `{ network(code: "U99001") { workforce(year: "2025/26") { mixes(input: {from: "2025-10-01", sum: "70000.00", tasks: [{task: "reviews", hours: "70"}],
		roles: [{role: "clinical-pharmacist", tasks: ["reviews"], wage: "40000.00"}]}) { mixes { posts { posts } networkShare } } } } }`,
		`{"network":{"workforce":{"mixes":{"mixes":[{"posts":[{"posts":2}],"networkShare":"13028.00"},{"posts":[{"posts":1}],"networkShare":"6514.00"},{"posts":[],"networkShare":"0.00"}]}}}}`)
	for what, roles := range map[string]string{
		"a role that is named twice": `{role: "coach", tasks: ["reviews"]}, {role: "coach", tasks: ["reviews"]}`,
		"a wage of nothing":          `{role: "coach", tasks: ["reviews"], wage: "0.00"}`,
		"a negative wage":            `{role: "coach", tasks: ["reviews"], wage: "-1.00"}`,
		"a wage beyond all sums":     `{role: "coach", tasks: ["reviews"], wage: "1000000000000.00"}`,
	} {
		plan := `{ network(code: "U99001") { workforce(year: "2025/26") { mixes(input: {from: "2025-10-01", sum: "1.00", tasks: [{task: "reviews", hours: "70"}], roles: [` + roles + `]}) { sum } } } }`
		if a := manager.ask(t, plan); len(a.codes()) != 1 || a.codes()[0] != "PLAN_INVALID" {
			t.Errorf("%s is planned with: %s", what, a.body)
		}
	}
	for _, c := range []struct{ from, more, code string }{
		{"2025-10-01", "", "SUM_NOT_KNOWN"}, // nothing is claimed, so that nobody can say what will be left
		{"2025-10-01", `sum: "-1.00"`, "PLAN_INVALID"},
		{"2026-04-01", `sum: "70000.00"`, "DATE_OUTSIDE_YEAR"},
		{"2025-03-31", `sum: "70000.00"`, "DATE_OUTSIDE_YEAR"},
	} {
		if a := manager.ask(t, plan(c.from, c.more)); len(a.codes()) != 1 || a.codes()[0] != c.code {
			t.Errorf("from %s %q is answered %q, want %s: %s", c.from, c.more, a.codes(), c.code, a.body)
		}
	}
}
