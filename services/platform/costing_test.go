package platform_test

import (
	"slices"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
)

// What a specification costs a network against the money that has come for it, out
// of the ledger.
func TestCostOfASpecification(t *testing.T) {
	t.Parallel()
	s, maker, checker, manager := ledger(t)
	c := s.as(t, "steward", steward)
	from := input{"source": "a paper", "confidence": "FOUND", "year": "2025/26"}
	c.do(t, "listStream", with(from, input{"key": "core", "title": "Core", "payee": "NETWORK"}))
	c.do(t, "listStream", with(from, input{"key": "participation", "title": "Participation", "payee": "PRACTICE"}))
	c.do(t, "setRequirement", with(from, input{"key": "EHCH-06", "service": "Care homes", "text": "Visit weekly.", "from": "2025-04-01"}))
	c.do(t, "setRequirement", with(from, input{"key": "SMR-01", "service": "Medication review", "text": "Review.", "from": "2025-04-01"}))
	refused := func(who client, code, mutation string, in input) {
		t.Helper()
		d, a, err := who.submit(t.Context(), mutation, in)
		if got := append(a.codes(), d.codes()...); err != nil || !slices.Equal(got, []string{code}) {
			t.Errorf("%s is answered %s, %v, want %s", mutation, a.body, err, code)
		}
	}
	of := input{"network": "U99001", "year": "2025/26", "specification": "Care homes"}
	round := with(of, input{"key": "round", "what": "home round", "role": "GP", "unit": "visits", "each": "20", "in": "MINUTES", "hourly": "104.50", "source": "rota"})
	share := func(stream, percent string) input {
		return with(of, input{"stream": stream, "share": percent, "reason": "as agreed"})
	}
	const costs = `{ network(code: "U99001") { costs(year: "2025/26") { name cost { value unknown { code owedBy } } received { value unknown { code owedBy } } difference { value } } } }`

	manager.do(t, "stateCost", round) // nobody has counted the visits
	manager.do(t, "statePayment", share("core", "62.5"))
	manager.says(t, costs, `{"network":{"costs":[`+
		`{"name":"Care homes","cost":{"value":null,"unknown":{"code":"COST_NOT_STATED","owedBy":"network-U99001"}},"received":{"value":null,"unknown":{"code":"LEDGER_NOT_KEPT","owedBy":"system-QZ1"}},"difference":{"value":null}},`+
		`{"name":"Medication review","cost":{"value":null,"unknown":{"code":"COST_NOT_STATED","owedBy":"network-U99001"}},"received":{"value":null,"unknown":{"code":"PAYMENT_NOT_STATED","owedBy":"network-U99001"}},"difference":{"value":null}}]}}`)

	refused(manager, "RESTATEMENT_UNEXPLAINED", "stateCost", with(round, input{"volume": "1820"}))
	before := manager.do(t, "stateCost", with(round, input{"volume": "1820", "reason": "they are counted now"})).Time
	manager.do(t, "stateCost", with(of, input{"key": "kit", "what": "kit", "fixed": "1200.00", "source": "invoice"}))
	refused(manager, "COST_TWICE", "stateCost", with(round, input{"volume": "1820", "fixed": "1.00", "reason": "why"}))
	refused(manager, "SPECIFICATION_UNKNOWN", "stateCost", with(round, input{"specification": "Tea"}))
	refused(manager, "SHARES_EXCEED", "statePayment", with(share("core", "37.51"), input{"specification": "Medication review"}))
	refused(manager, "PAID_TO_PRACTICES", "statePayment", share("participation", "1"))
	refused(maker, "FORBIDDEN", "stateCost", round)
	refused(s.as(t, "other", ask.Grant{Role: ask.PCN, Of: "network-U99002"}), "FORBIDDEN", "stateCost", round)

	core := input{"network": "U99001"}
	maker.do(t, "receiveFunding", money("E1", "90000.00", nil))
	maker.do(t, "allocateFunding", money("A1", "80000.00", core))
	maker.do(t, "requestPayment", money("P1", "60000.00", core))
	checker.do(t, "approveFundingRequest", input{"system": "QZ1", "year": "2025/26", "on": "2025-07-02", "entry": 3})
	const paid = `{ network(code: "U99001") { costs(year: "2025/26") { payments { said whole { value } amount { value } } } } }`
	manager.says(t, paid, `{"network":{"costs":[{"payments":[{"said":"PAID","whole":{"value":"60000.00"},"amount":{"value":"37500.00"}}]},{"payments":[]}]}}`)
	manager.do(t, "confirmReceipt", money("B1", "50000.01", core))
	manager.do(t, "spendFunding", money("S1", "400.00", input{"network": "U99001", "for": "a locum"})) // it has come all the same
	manager.says(t, paid, `{"network":{"costs":[{"payments":[{"said":"CONFIRMED","whole":{"value":"50000.01"},"amount":{"value":"31250.01"}}]},{"payments":[]}]}}`)

	const whole = `{ network(code: "U99001") { costs(year: "2025/26") { lines { key cost { value } history { cost reason } } difference { value passport { rule arithmetic terms(first: 9) { nodes { label amount } } entries(first: 9) { nodes { type } } } } } } }`
	manager.says(t, whole, `{"network":{"costs":[{"lines":[`+
		`{"key":"round","cost":{"value":"63396.67"},"history":[{"cost":null,"reason":null},{"cost":"63396.67","reason":"they are counted now"}]},`+
		`{"key":"kit","cost":{"value":"1200.00"},"history":[{"cost":"1200.00","reason":null}]}],`+
		`"difference":{"value":"33346.66","passport":{"rule":"The cost less the money received for it.","arithmetic":"£63396.67 + £1200.00 + (−£31250.01) = £33346.66","terms":{"nodes":[`+
		`{"label":"home round: 1820 visits × 20 minutes × £104.50 an hour","amount":"63396.67"},{"label":"kit","amount":"1200.00"},`+
		`{"label":"less 62.5 % of £50000.01 out of core, which the network has confirmed","amount":"-31250.01"}]},`+
		`"entries":{"nodes":[{"type":"costing.cost_stated.v1"},{"type":"costing.cost_stated.v1"},{"type":"costing.payment_stated.v1"},{"type":"funding.confirmed.v1"}]}}}},`+
		`{"lines":[],"difference":{"value":null,"passport":null}}]}}`)

	manager.do(t, "withdrawCost", with(of, input{"key": "kit", "reason": "the practice bought it"}))
	manager.says(t, `{ network(code: "U99001") { costs(year: "2025/26") { cost { value } withdrawn { key history { withdrawn reason } } } } }`,
		`{"network":{"costs":[{"cost":{"value":"63396.67"},"withdrawn":[{"key":"kit","history":[{"withdrawn":false,"reason":null},{"withdrawn":true,"reason":"the practice bought it"}]}]},{"cost":{"value":null},"withdrawn":[]}]}}`)
	then := before.Add(-1).UTC().Format("2006-01-02T15:04:05.999999999Z")
	manager.says(t, `{ network(code: "U99001", asAt: "`+then+`") { costs(year: "2025/26") { cost { value } } } }`, `{"network":{"costs":[{"cost":{"value":null}},{"cost":{"value":null}}]}}`)

	stranger := s.as(t, "stranger", ask.Grant{Role: ask.Board, Of: "system-QZ2"})
	for _, doc := range []string{costs, `{ entries(about: "costing-U99001-2025-26", first: 9) { nodes { data } } }`} {
		if a := stranger.ask(t, doc); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) {
			t.Errorf("whoever is of another system reads %s", a.body)
		}
		if a := manager.ask(t, doc); len(a.Errors) > 0 {
			t.Errorf("the network reads of its own %s", a.body)
		}
	}
}
