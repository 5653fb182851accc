package platform_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/contract/importing"
	"github.com/ics-openbook/openbook/services/platform"
)

// hires states the stream and two of the roles of a year's contract as it is
// shipped.
func hires(t *testing.T, c client, year events.Year) {
	t.Helper()
	shipped, err := importing.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range shipped {
		if d.Ask.Year != year {
			continue
		}
		for _, l := range d.Ask.Streams {
			if l.Key == "arrs_sum" {
				c.do(t, "listStream", input{"year": year, "key": l.Key, "title": l.Title, "payee": l.Payee, "source": l.Source, "confidence": l.Confidence})
			}
		}
		for _, r := range d.Ask.Roles {
			if r.Key != "clinical-pharmacist" && r.Key != "social-prescribing-link-worker" {
				continue
			}
			role := input{"year": year, "key": r.Key, "title": r.Title, "share": r.Share, "from": r.From, "to": r.To, "source": r.Source, "confidence": r.Confidence}
			if r.Maximum != 0 {
				role["maximum"] = r.Maximum
			}
			if r.OuterLondon != 0 {
				role["outerLondon"], role["innerLondon"] = r.OuterLondon, r.InnerLondon
			}
			c.do(t, "setRole", role)
		}
	}
}

// employing is a network of 50,000 with the contract of 2025/26 as it is shipped,
// its roles too, and money for them in the pot.
func employing(t *testing.T) (s *site, manager, commissioner client) {
	t.Helper()
	s, c := published(t)
	hires(t, c, "2025/26")
	s.as(t, "finance", ask.Grant{Role: ask.Finance, Of: "system-QZ1"}).do(t, "receiveFunding", input{
		"system": "QZ1", "year": "2025/26", "on": "2025-04-01", "fundingStream": "arrs_sum", "purpose": "anything", "amount": "100000.00", "reference": "E1",
	})
	return s, s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"}), s.as(t, "commissioner", ask.Grant{Role: ask.Commissioner, Of: "system-QZ1"})
}

func pharmacist(n int, salary string) input {
	return input{
		"employee": fmt.Sprint("Role ", n), "role": "clinical-pharmacist", "startedOn": "2025-06-16", "hoursWorkedPerWeek": "37.5",
		"monthlySalary": salary, "meetsTrainingRequirements": true,
	}
}

// refusing checks that something is refused, by codes and paths.
func refusing(t *testing.T) func(who client, mutation string, in input, want ...string) {
	return func(who client, mutation string, in input, want ...string) {
		t.Helper()
		d, a, err := who.submit(t.Context(), mutation, in)
		got := a.codes()
		for _, p := range d.Problems {
			got = append(got, p.Code+" "+p.Path)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is answered %q, %s, %v, want %q", mutation, got, a.body, err, want)
		}
	}
}

// A month is claimed for, approved by somebody else, paid by the ledger, and
// claimed once more after an uplift: the difference alone.
func TestClaims(t *testing.T) {
	t.Parallel()
	s, manager, commissioner := employing(t)
	refused := refusing(t)
	worker := input{"employee": "Role 2", "role": "social-prescribing-link-worker", "startedOn": "2024-01-01", "hoursWorkedPerWeek": "37.5", "monthlySalary": "2500.00", "monthlyFees": "200.00"}
	june := input{"network": "U99001", "month": "2025-06", "lines": []input{pharmacist(1, "6000.00"), worker}}
	wrong := pharmacist(3, "10000.01")
	wrong["hoursWorkedPerWeek"] = "41"
	refused(manager, "submitClaim", with(june, input{"lines": []input{worker, wrong}}), "HOURS_INVALID lines.1.hoursWorkedPerWeek", "AMOUNT_INVALID lines.1.monthlySalary")
	gone := with(worker, input{"leftOn": "2025-05-31"})
	refused(manager, "submitClaim", with(june, input{"lines": []input{with(worker, input{"role": "wizard", "monthlyFees": "0.00"}), with(gone, input{"employee": "Role 9"})}}), "ROLE_UNKNOWN lines.0.role", "LEFT_BEFORE lines.1.leftOn")
	refused(commissioner, "submitClaim", june, "FORBIDDEN")

	const claims = `{ network(code: "U99001") { workforce(year: "2025/26") { claims(first: 9) { nodes { number month status late claimed approved lost lines { role days maxReimbursement claimed approved networkShare figure { maximum source } adjusts { claim line was } } } } } } }`
	refused(manager, "submitClaim", with(june, input{"dryRun": true})) // with nothing
	manager.says(t, `{ network(code: "U99001") { workforce(year: "2025/26") { month claims(first: 9) { totalCount } } } }`, `{"network":{"workforce":{"month":null,"claims":{"totalCount":0}}}}`)
	manager.do(t, "submitClaim", june)
	manager.says(t, claims, `{"network":{"workforce":{"claims":{"nodes":[{"number":1,"month":"2025-06","status":"SUBMITTED","late":true,"claimed":null,"approved":null,"lost":null,"lines":[`+
		`{"role":"clinical-pharmacist","days":15,"maxReimbursement":"2790.50","claimed":"2790.50","approved":null,"networkShare":"3209.50","figure":null,"adjusts":null},`+
		`{"role":"social-prescribing-link-worker","days":30,"maxReimbursement":null,"claimed":null,"approved":null,"networkShare":null,"figure":null,"adjusts":null}]}]}}}}`)
	refused(manager, "submitClaim", with(june, input{"lines": []input{worker}}), "MONTH_CLAIMED month")

	first := input{"network": "U99001", "year": "2025/26", "claim": 1}
	refused(commissioner, "approveClaim", first, "FIGURE_MISSING figures")
	refused(manager, "approveClaim", first, "FORBIDDEN")
	both := s.as(t, "manager", ask.Grant{Role: ask.Commissioner, Of: "system-QZ1"}) // the same person in another role
	figures := with(first, input{"figures": []input{{"line": 2, "maximum": "36000.00", "source": "letter of 3 July"}}})
	refused(both, "approveClaim", figures, "MAKER_IS_CHECKER claim")
	commissioner.do(t, "approveClaim", figures)
	refused(commissioner, "rejectClaim", with(first, input{"reasons": []input{{"reason": "no"}}}), "CLAIM_JUDGED claim")
	const paid = `{ network(code: "U99001") { workforce(year: "2025/26") { approved { value } paid { value } claims(first: 9) { nodes { status } } } funding(year: "2025/26") { stream(key: "arrs_sum") { stages { allocated { value } paid { value } } } } } }`
	manager.eventually(t, paid, `{"network":{"workforce":{"approved":{"value":"5490.50"},"paid":{"value":"5490.50"},"claims":{"nodes":[{"status":"PAID"}]}},"funding":{"stream":{"stages":{"allocated":{"value":"5490.50"},"paid":{"value":"5490.50"}}}}}}`)
	manager.eventually(t, `{ network(code: "U99001") { workforce(year: "2025/26") { entitled { value } remaining { value passport { arithmetic } } } } }`,
		`{"network":{"workforce":{"entitled":{"value":"1331550.00"},"remaining":{"value":"1326059.50","passport":{"arithmetic":"50000 × £26.631 + (−£5490.50) = £1326059.50"}}}}}`)

	july := s.as(t, "steward", steward).do(t, "setRole", input{
		"year": "2025/26", "key": "clinical-pharmacist", "title": "Clinical pharmacist", "share": 100, "from": "2025-04-01", "to": "2026-03-31",
		"maximum": "69384.00", "outerLondon": "77071.00", "innerLondon": "80337.00", "source": "invented, backdated", "confidence": "FOUND",
	}).Time
	rise := input{"network": "U99001", "year": "2025/26", "reason": "The rise of August.", "lines": []input{{"claim": 1, "employee": "Role 1", "monthlySalary": "6100.00"}}}
	refused(manager, "adjustClaims", with(rise, input{"lines": []input{{"claim": 1, "employee": "Role 2", "monthlySalary": "2500.00"}, {"claim": 2, "employee": "Role 1", "monthlySalary": "1.00"}}}),
		"MAXIMUM_NOT_KNOWN lines.0.employee", "CLAIM_UNKNOWN lines.1.claim")
	const since = `{ network(code: "U99001") { workforce(year: "2025/26") { networkShare { value } claims(first: 1) { nodes { lines { sinceApproval } } } } } }`
	manager.eventually(t, since, `{"network":{"workforce":{"networkShare":{"value":"3209.50"},"claims":{"nodes":[{"lines":[{"sinceApproval":"100.50"},{"sinceApproval":null}]}]}}}}`)
	manager.do(t, "adjustClaims", rise)
	commissioner.do(t, "approveClaim", input{"network": "U99001", "year": "2025/26", "claim": 2})
	manager.eventually(t, since, `{"network":{"workforce":{"networkShare":{"value":"3209.00"},"claims":{"nodes":[{"lines":[{"sinceApproval":"0.00"},{"sinceApproval":null}]}]}}}}`)
	manager.eventually(t, paid, `{"network":{"workforce":{"approved":{"value":"5591.00"},"paid":{"value":"5591.00"},"claims":{"nodes":[{"status":"PAID"},{"status":"PAID"}]}},"funding":{"stream":{"stages":{"allocated":{"value":"5591.00"},"paid":{"value":"5591.00"}}}}}}`)
	manager.says(t, claims, `{"network":{"workforce":{"claims":{"nodes":[{"number":1,"month":"2025-06","status":"PAID","late":true,"claimed":null,"approved":"5490.50","lost":"0.00","lines":[`+
		`{"role":"clinical-pharmacist","days":15,"maxReimbursement":"2790.50","claimed":"2790.50","approved":"2790.50","networkShare":"3209.50","figure":null,"adjusts":null},`+
		`{"role":"social-prescribing-link-worker","days":30,"maxReimbursement":null,"claimed":null,"approved":"2700.00","networkShare":"0.00","figure":{"maximum":"36000.00","source":"letter of 3 July"},"adjusts":null}]},`+
		`{"number":2,"month":null,"status":"PAID","late":false,"claimed":"100.50","approved":"100.50","lost":"0.00","lines":[`+
		`{"role":"clinical-pharmacist","days":15,"maxReimbursement":"2891.00","claimed":"100.50","approved":"100.50","networkShare":"3209.00","figure":null,"adjusts":{"claim":1,"line":1,"was":"2790.50"}}]}]}}}}`)
	// the book of before the rise, about the same May
	const maximum = `contract(year: "2025/26", on: "2025-05-01"%s) { role(key: "clinical-pharmacist") { maxima { value } } }`
	manager.says(t, fmt.Sprintf("{ was: "+maximum+" is: "+maximum+" }", fmt.Sprintf(`, asAt: %q`, july.Add(-1).Format(time.RFC3339Nano)), ""),
		`{"was":{"role":{"maxima":[{"value":"66972.00"}]}},"is":{"role":{"maxima":[{"value":"69384.00"}]}}}`)
	manager.says(t, fmt.Sprintf(`{ network(code: "U99001", asAt: %q) { workforce(year: "2025/26") { approved { value } } } }`, july.Format(time.RFC3339Nano)), `{"network":{"workforce":{"approved":{"value":"5490.50"}}}}`)
}

// The year of 2019/20 counts posts: who works longer than one post is reimbursed up
// to the month's maximum, until the year's one post is used up.
func TestOnePostIsAllThatTheFirstYearPays(t *testing.T) {
	t.Parallel()
	s, maker, _, manager := ledger(t)
	c := s.as(t, "steward", steward)
	cited := input{"year": "2019/20", "source": "as shipped", "confidence": "FOUND"}
	c.do(t, "listStream", with(cited, input{"key": "arrs_sum", "title": "Additional roles", "payee": "NETWORK"}))
	c.do(t, "setRole", with(cited, input{"key": "clinical-pharmacist", "title": "Clinical pharmacist", "share": 70, "from": "2019-07-01", "to": "2020-03-31", "maximum": "37810.00"}))
	c.do(t, "limitRole", with(cited, input{"key": "one", "role": "clinical-pharmacist", "posts": 1}))
	maker.do(t, "receiveFunding", input{"system": "QZ1", "year": "2019/20", "on": "2019-07-01", "fundingStream": "arrs_sum", "purpose": "anything", "amount": "40000.00", "reference": "E1"})
	commissioner := s.as(t, "commissioner", ask.Grant{Role: ask.Commissioner, Of: "system-QZ1"})
	line := input{"employee": "Role 1", "role": "clinical-pharmacist", "startedOn": "2019-07-01", "hoursWorkedPerWeek": "40", "monthlySalary": "6000.00", "meetsTrainingRequirements": true}
	for i, month := range []string{"2019-07", "2019-08", "2019-09", "2019-10", "2019-11", "2019-12", "2020-01", "2020-02", "2020-03"} {
		manager.do(t, "submitClaim", input{"network": "U99001", "month": month, "lines": []input{line}})
		commissioner.do(t, "approveClaim", input{"network": "U99001", "year": "2019/20", "claim": i + 1})
	}
	// three quarters of £37,810; at 40 hours of 37.5, nine months would come to £30,248
	manager.eventually(t, `{ network(code: "U99001") { workforce(year: "2019/20") { entitled { value } approved { value } } } }`,
		`{"network":{"workforce":{"entitled":{"value":"28357.50"},"approved":{"value":"28357.50"}}}}`)
}

// A claim that is approved after the year was closed is paid by the ledger of the
// next, and a payment that is reversed is not made again.
func TestClaimsAfterTheYear(t *testing.T) {
	t.Parallel()
	s, maker, checker, manager := ledger(t)
	c := s.as(t, "steward", steward)
	hires(t, c, "2019/20")
	hires(t, c, "2020/21")
	commissioner := s.as(t, "commissioner", ask.Grant{Role: ask.Commissioner, Of: "system-QZ1"})
	arrs := func(year, on, reference, amount string) input {
		return input{"system": "QZ1", "year": year, "on": on, "fundingStream": "arrs_sum", "purpose": "anything", "amount": amount, "reference": reference}
	}
	line := input{"employee": "Role 1", "role": "clinical-pharmacist", "startedOn": "2019-07-01", "hoursWorkedPerWeek": "37.5", "monthlySalary": "4500.00", "meetsTrainingRequirements": true}
	of := func(number int) input { return input{"network": "U99001", "year": "2019/20", "claim": number} }
	maker.do(t, "receiveFunding", arrs("2019/20", "2019-07-01", "E1", "5000.00"))
	manager.do(t, "submitClaim", input{"network": "U99001", "month": "2020-02", "lines": []input{line}})
	commissioner.do(t, "approveClaim", of(1))
	const status = `{ network(code: "U99001") { workforce(year: "2019/20") { paid { value } claims(first: 9) { nodes { status payment { ledger } } } } } }`
	manager.eventually(t, status, `{"network":{"workforce":{"paid":{"value":"3150.00"},"claims":{"nodes":[{"status":"PAID","payment":{"ledger":"ledger-QZ1-2019-20"}}]}}}}`)

	manager.do(t, "submitClaim", input{"network": "U99001", "month": "2020-03", "lines": []input{line}})
	maker.do(t, "receiveFunding", arrs("2020/21", "2020-04-01", "E2", "10000.00"))
	maker.do(t, "closeFundingYear", input{"system": "QZ1", "year": "2019/20"})
	commissioner.do(t, "approveClaim", of(2))
	manager.eventually(t, status, `{"network":{"workforce":{"paid":{"value":"6300.00"},"claims":{"nodes":[{"status":"PAID","payment":{"ledger":"ledger-QZ1-2019-20"}},{"status":"PAID","payment":{"ledger":"ledger-QZ1-2020-21"}}]}}}}`)

	entry := read[struct {
		Network struct {
			Workforce struct {
				Claims struct {
					Nodes []struct{ Payment struct{ Number int } }
				}
			}
		}
	}](t, manager, `{ network(code: "U99001") { workforce(year: "2019/20") { claims(first: 9) { nodes { payment { number } } } } } }`).Network.Workforce.Claims.Nodes[1].Payment.Number
	asked := maker.do(t, "reverseEntry", input{"system": "QZ1", "year": "2020/21", "entry": entry, "on": "2020-06-01", "reason": "paid by hand"})
	checker.do(t, "approveFundingRequest", input{"system": "QZ1", "year": "2020/21", "entry": int(asked.Revision) + 1, "on": "2020-06-02"})
	manager.do(t, "submitClaim", input{"network": "U99001", "month": "2020-01", "lines": []input{line}})
	commissioner.do(t, "approveClaim", of(3)) // once this is paid, the keeper has seen the reversal
	manager.eventually(t, status, `{"network":{"workforce":{"paid":{"value":"6300.00"},"claims":{"nodes":[{"status":"PAID","payment":{"ledger":"ledger-QZ1-2019-20"}},{"status":"REVERSED","payment":{"ledger":"ledger-QZ1-2020-21"}},{"status":"PAID","payment":{"ledger":"ledger-QZ1-2020-21"}}]}}}}`)
}

// What is approved is paid once, to the penny, whenever the platform is killed.
func TestClaimsArePaidOnceHoweverOftenThePlatformIsKilled(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := service(t, "up", platform.Config{Data: data, Listen: "127.0.0.1:0"})
	site := func() *site { return &site{url: p.at.URL, mint: localMint(data)} }
	c := site().as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "System"})
	c.do(t, "registerNetwork", input{"code": "U99001", "name": "Network", "system": "QZ1"})
	c.do(t, "listStream", input{"year": "2025/26", "key": "arrs_sum", "title": "ARRS", "payee": "NETWORK", "source": "test", "confidence": "FOUND"})
	c.do(t, "setRole", input{"year": "2025/26", "key": "clinical-pharmacist", "title": "Pharmacist", "share": 100, "maximum": "66972.00", "from": "2025-04-01", "to": "2026-03-31", "source": "test", "confidence": "FOUND"})
	finance := ask.Grant{Role: ask.Finance, Of: "system-QZ1"}
	site().as(t, "finance", finance).do(t, "receiveFunding", input{"system": "QZ1", "year": "2025/26", "on": "2025-04-01", "fundingStream": "arrs_sum", "purpose": "anything", "amount": "10000.00", "reference": "E1"})
	for i, month := range []string{"2025-06", "2025-07", "2025-08"} {
		s := site()
		line := pharmacist(1, "2000.01")
		s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"}).do(t, "submitClaim", input{"network": "U99001", "month": month, "lines": []input{line}})
		s.as(t, "commissioner", ask.Grant{Role: ask.Commissioner, Of: "system-QZ1"}).do(t, "approveClaim", input{"network": "U99001", "year": "2025/26", "claim": i + 1, "wait": "RECORDED"})
		p.kill(t)
		p.start(t)
	}
	site().as(t, "finance", finance).eventually(t,
		`{ network(code: "U99001") { workforce(year: "2025/26") { paid { value } claims(first: 9) { nodes { status } } } funding(year: "2025/26") { stream(key: "arrs_sum") { stages { paid { value } } } } } system(code: "QZ1") { fundingTotals(year: "2025/26") { stream stage amount } } }`,
		`{"network":{"workforce":{"paid":{"value":"6000.03"},"claims":{"nodes":[{"status":"PAID"},{"status":"PAID"},{"status":"PAID"}]}},"funding":{"stream":{"stages":{"paid":{"value":"6000.03"}}}}},"system":{"fundingTotals":[{"stream":"arrs_sum","stage":"SOURCE","amount":"-10000.00"},{"stream":"arrs_sum","stage":"ALLOCATED","amount":"0.00"},{"stream":"arrs_sum","stage":"PAID","amount":"6000.03"},{"stream":"arrs_sum","stage":"POT","amount":"3999.97"}]}}`)
}
