package platform_test

import (
	"slices"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/platform"
)

// The open book of the partners: one restates a month, the other is late.
func TestPartnerPositions(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	c := s.as(t, "steward", steward)
	for _, code := range []string{"QZ1", "QZ2"} {
		c.do(t, "registerSystem", input{"code": code, "name": "System"})
	}
	finance := s.as(t, "finance", ask.Grant{Role: ask.Finance, Of: "system-QZ1"})
	valley := s.as(t, "valley", ask.Grant{Role: ask.Partner, Of: "partner-RYZ"})
	dale := s.as(t, "dale", ask.Grant{Role: ask.Partner, Of: "partner-8J094"})
	refused := func(who client, code, mutation string, in input) {
		t.Helper()
		d, a, err := who.submit(t.Context(), mutation, in)
		if got := append(a.codes(), d.codes()...); err != nil || !slices.Equal(got, []string{code}) {
			t.Errorf("%s is answered %s, %v, want %s", mutation, a.body, err, code)
		}
	}
	partner := func(code, name string) input {
		return input{"organisation": code, "name": name, "system": "QZ1", "from": "2025/26"}
	}
	total := func(code, amount string, more input) input {
		return with(input{"organisation": code, "system": "QZ1", "year": "2025/26", "amount": amount, "agreedOn": "2025-04-30"}, more)
	}
	report := func(code, actual string, more input) input {
		return with(input{"organisation": code, "year": "2025/26", "month": 1, "plan": "-100.00", "actual": actual, "forecast": "-1200.00", "on": "2025-05-15"}, more)
	}
	finance.do(t, "registerPartner", partner("RYZ", "Valley"))
	finance.do(t, "registerPartner", partner("8J094", "Dale"))
	if got := finance.do(t, "registerPartner", partner("RYZ", "Valley")); got.Entries != 0 {
		t.Errorf("registered again by %d entries", got.Entries)
	}
	refused(s.as(t, "others", ask.Grant{Role: ask.Finance, Of: "system-QZ2"}), "PARTNER_ELSEWHERE", "registerPartner", with(partner("RYZ", "Ours"), input{"system": "QZ2"}))
	finance.do(t, "setControlTotal", total("RYZ", "-1000.00", nil))
	refused(finance, "RESTATEMENT_UNEXPLAINED", "setControlTotal", total("RYZ", "-900.00", nil))
	finance.do(t, "setControlTotal", total("RYZ", "-900.00", input{"reason": "deficit support"}))
	finance.do(t, "setControlTotal", total("8J094", "0.00", nil))

	valley.do(t, "reportPosition", report("RYZ", "-123.45", nil))
	valley.do(t, "reportPosition", report("RYZ", "-123.45", nil)) // under another key: it is so already
	refused(valley, "RESTATEMENT_UNEXPLAINED", "reportPosition", report("RYZ", "-150.00", nil))
	valley.do(t, "reportPosition", report("RYZ", "-150.00", input{"reason": "an accrual was left out"}))
	refused(valley, "FORBIDDEN", "reportPosition", report("8J094", "0.00", nil))
	refused(finance, "FORBIDDEN", "reportPosition", report("8J094", "0.00", nil))
	refused(dale, "MONTH_NOT_OVER", "reportPosition", report("8J094", "0.00", input{"on": "2025-04-30"}))
	refused(dale, "PARTNER_NOT_THEN", "reportPosition", report("8J094", "0.00", input{"year": "2024/25"}))

	const sums = `{ system(code: "QZ1") { positions(year: "2025/26") { controlTotal { value } newest { number missing { code } actual { value unknown { code owedBy } } variance { value } } } } }`
	dale.says(t, sums, `{"system":{"positions":{"controlTotal":{"value":"-900.00"},"newest":{"number":1,"missing":[{"code":"8J094"}],"actual":{"value":null,"unknown":{"code":"POSITION_NOT_REPORTED","owedBy":"partner-8J094"}},"variance":{"value":null}}}}}`)
	before := dale.do(t, "reportPosition", report("8J094", "25.00", input{"controlTotal": "50.00"})).Time
	dale.says(t, sums, `{"system":{"positions":{"controlTotal":{"value":"-900.00"},"newest":{"number":1,"missing":[],"actual":{"value":"-125.00","unknown":null},"variance":{"value":"-1500.00"}}}}}`)
	valley.says(t, `{ system(code: "QZ1") { positions(year: "2025/26") { partners { code variance { value passport { rule arithmetic } } newest { ownControlTotal change { actual } reason history { actual { value } } } controlTotals { amount change reason } } } } }`,
		`{"system":{"positions":{"partners":[`+
			`{"code":"8J094","variance":{"value":"-1200.00","passport":{"rule":"The forecast of the year less the control total.","arithmetic":"(−£1200.00) + £0.00 = £-1200.00"}},"newest":{"ownControlTotal":"50.00","change":null,"reason":null,"history":[{"actual":{"value":"25.00"}}]},"controlTotals":[{"amount":"0.00","change":null,"reason":null}]},`+
			`{"code":"RYZ","variance":{"value":"-300.00","passport":{"rule":"The forecast of the year less the control total.","arithmetic":"(−£1200.00) + £900.00 = £-300.00"}},"newest":{"ownControlTotal":null,"change":{"actual":"-26.55"},"reason":"an accrual was left out","history":[{"actual":{"value":"-123.45"}},{"actual":{"value":"-150.00"}}]},"controlTotals":[{"amount":"-1000.00","change":null,"reason":null},{"amount":"-900.00","change":"100.00","reason":"deficit support"}]}]}}}`)

	// What the book said before the last report, and who else may read it.
	then := before.Add(-1).UTC().Format("2006-01-02T15:04:05.999999999Z")
	dale.says(t, `{ system(code: "QZ1", asAt: "`+then+`") { positions(year: "2025/26") { newest { missing { code } } } } }`,
		`{"system":{"positions":{"newest":{"missing":[{"code":"8J094"}]}}}}`)
	if a := s.as(t, "stranger", ask.Grant{Role: ask.Board, Of: "system-QZ2"}).ask(t, sums); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) {
		t.Errorf("whoever is of another system reads %s", a.body)
	}
	s.restart(t)
	valley.eventually(t, `{ system(code: "QZ1") { positions(year: "2025/26") { newest { actual { value } } } } }`, `{"system":{"positions":{"newest":{"actual":{"value":"-125.00"}}}}}`)

	finance.do(t, "endPartner", input{"organisation": "RYZ", "system": "QZ1", "last": "2025/26", "reason": "merged into Dale"})
	finance.says(t, `{ system(code: "QZ1") { positions(year: "2026/27") { partners { name } } } }`, `{"system":{"positions":{"partners":[{"name":"Dale"}]}}}`)
}
