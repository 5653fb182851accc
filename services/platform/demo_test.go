package platform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/platform"
)

// The demonstration is there once, however often the platform starts.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir(), Demo: true})
	c := s.as(t, "steward", steward)
	for _, asked := range []struct{ doc, shows string }{
		{`{ system(code: "QZ1", on: "2026-04-01") { places { code } networkCount { value } practiceCount { value } memberCount { value } lmcs { code } representatives { person networks { code } } } }`,
			`{"system":{"places":[{"code":"CITY"},{"code":"COAST"},{"code":"NORTH"}],"networkCount":{"value":"14"},"practiceCount":{"value":"52"},"memberCount":{"value":"51"},"lmcs":[{"code":"DEMO"}],"representatives":[` +
				mandate(1, 1, 7) + `,` + mandate(2, 8, 14) + `]}}`},
		{`{ a: network(code: "U99004", on: "2026-04-01") { directors { share profession } } b: network(code: "U99006", on: "2026-04-01") { directors { profession } } c: network(code: "U99009", on: "2026-04-01") { directors { person } directorVacancy { share { value } since } deputies { person } } d: network(code: "U99011", on: "2026-06-01") { directors { noticeGivenOn lastDay } } }`,
			`{"a":{"directors":[{"share":"0.5","profession":"GP"},{"share":"0.5","profession":"pharmacist"}]},"b":{"directors":[{"profession":"nurse"}]},"c":{"directors":[],"directorVacancy":{"share":{"value":"1"},"since":"2026-03-01"},"deputies":[{"person":"person-demo-deputy-09"}]},"d":{"directors":[{"noticeGivenOn":"2026-06-01","lastDay":"2026-12-31"}]}}`},
		{`{ a: practice(code: "Z99052", on: "2026-04-01") { network { code } coveredBy { network { code } } } b: practice(code: "Z99008", on: "2021-03-31") { network { code } } c: practice(code: "Z99027", on: "2026-04-14") { notices { kind late } clinicalSystem listSizes { basis } } }`,
			`{"a":{"network":null,"coveredBy":[{"network":{"code":"U99013"}}]},"b":{"network":{"code":"U99001"}},"c":{"notices":[{"kind":"LEAVE","late":false}],"clinicalSystem":"TPP","listSizes":[{"basis":"ADJUSTED"},{"basis":"REGISTERED"},{"basis":"WEIGHTED"},{"basis":"ADJUSTED"},{"basis":"REGISTERED"},{"basis":"WEIGHTED"}]}}`},
		{`{ a: entitlements(year: "2025/26") { networks } b: entitlements(year: "2026/27") { networks } }`, `{"a":{"networks":14},"b":{"networks":14}}`}, // which come by themselves
		// The story of the money: one has less than £20,000, one more than £50,000, one
		// had a part diverted and challenges that, one may keep what it has not spent.
		{`{ system(code: "QZ1") { equity(year: "2025/26", stream: "development") { bands { under { networks { value } } over { networks { value } } } } } }`,
			`{"system":{"equity":{"bands":{"under":{"networks":{"value":"1"}},"over":{"networks":{"value":"1"}}}}}}`},
		{`{ network(code: "U99003") { funding(year: "2025/26") { stream(key: "development") { stages { allocated { value } diverted { value } paid { value } } } } challenges(first: 9) { nodes { name status } } } }`,
			`{"network":{"funding":{"stream":{"stages":{"allocated":{"value":"27500.00"},"diverted":{"value":"9000.00"},"paid":{"value":"18500.00"}}}},"challenges":{"nodes":[{"name":"U99003-2025-26-C1","status":"OPEN"}]}}}`},
		{`{ network(code: "U99005") { funding(year: "2025/26") { stream(key: "development") { stages { spent { value } retained { value } } } } } }`,
			`{"network":{"funding":{"stream":{"stages":{"spent":{"value":"11300.00"},"retained":{"value":"6500.00"}}}}}}`},
	} {
		c.eventually(t, asked.doc, asked.shows)
	}
	const all = `{ networks(first: 14, on: "2026-04-01") { totalCount nodes { name place { name } patients { value } directors { person } memberships { practice { code name clinicalSystem } from lastDay } } } }`
	count, before := caughtUp(t, c), c.ask(t, all)
	s.restart(t)
	c = s.as(t, "steward", steward)
	if again := caughtUp(t, c); again != count {
		t.Errorf("%d entries after the first start, %d after the second", count, again)
	}
	if after := c.ask(t, all); string(after.Data) != string(before.Data) || len(before.Errors) > 0 {
		t.Errorf("after the second start\n%s\nwas\n%s", after.body, before.body)
	}
}

// mandate is the representative who speaks for networks from one to another.
func mandate(n, from, to int) string {
	var codes []string
	for ; from <= to; from++ {
		codes = append(codes, fmt.Sprintf(`{"code":"U990%02d"}`, from))
	}
	return fmt.Sprintf(`{"person":"person-demo-rep-%d","networks":[%s]}`, n, strings.Join(codes, ","))
}
