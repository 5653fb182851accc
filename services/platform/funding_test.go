package platform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/services/platform"
)

// money is an ask of the ledger of QZ1 for 2025/26, upon core money.
func money(reference, amount string, more input) input {
	in := input{
		"system": "QZ1", "year": "2025/26", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything",
		"amount": amount, "reference": reference,
	}
	for k, v := range more {
		in[k] = v
	}
	return in
}

// ledger is a platform with a system, two networks, and those who write in its
// ledger: two finance officers and a network's manager.
func ledger(t *testing.T) (s *site, maker, checker, manager client) {
	t.Helper()
	s, _ = up(t, platform.Config{Data: t.TempDir()})
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "System"})
	for _, code := range []string{"U99001", "U99002"} {
		c.do(t, "registerNetwork", input{"code": code, "name": "Network", "system": "QZ1"})
	}
	finance := ask.Grant{Role: ask.Finance, Of: "system-QZ1"}
	return s, s.as(t, "maker", finance), s.as(t, "checker", finance), s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"})
}

// Money on its way from England to a network and into the next year.
func TestFunding(t *testing.T) {
	t.Parallel()
	s, maker, checker, manager := ledger(t)
	one := input{"network": "U99001"}
	refused := func(who client, code, mutation string, in input) {
		t.Helper()
		d, a, err := who.submit(t.Context(), mutation, in)
		if got := append(a.codes(), d.codes()...); err != nil || !slices.Equal(got, []string{code}) {
			t.Errorf("%s is answered %s, %v, want %s", mutation, a.body, err, code)
		}
	}
	about := func(entry int, more input) input {
		in := input{"system": "QZ1", "year": "2025/26", "on": "2025-07-02", "entry": entry}
		for k, v := range more {
			in[k] = v
		}
		return in
	}
	maker.do(t, "receiveFunding", money("E1", "1000.00", nil))
	refused(maker, "NOT_ENOUGH_MONEY", "allocateFunding", money("A1", "1000.01", one))
	maker.do(t, "allocateFunding", money("A1", "600.00", one))
	maker.do(t, "allocateFunding", money("A1", "600.00", one)) // under another key: it is so already
	refused(manager, "FORBIDDEN", "allocateFunding", money("A2", "1.00", one))
	refused(maker, "AMOUNT_INVALID", "allocateFunding", money("A2", "0.00", one))
	refused(maker, "PENNY_FRACTION", "allocateFunding", money("A2", "1.005", one))
	if a, err := maker.try(t.Context(), `mutation($a: AllocateFundingInput!, $b: AllocateFundingInput!) { a: allocateFunding(input: $a) { problems { code path message } } b: allocateFunding(input: $b) { problems { code } } }`, map[string]any{
		"a": with(money("A2", "0.999", one), input{"idempotencyKey": "penny"}), "b": with(money("A1", "600.00", one), input{"idempotencyKey": "whole"}),
	}); err != nil || string(a.Data) != `{"a":{"problems":[{"code":"PENNY_FRACTION","path":"amount","message":"“0.999” has a fraction of a penny. Money is entered in pounds and whole pence, such as 1234.56: round it as your accounts do."}]},"b":{"problems":[]}}` {
		t.Errorf("a fraction of a penny beside a whole one is answered %v %s", err, a.body)
	}
	refused(maker, "DATE_OUTSIDE_YEAR", "allocateFunding", money("A2", "1.00", input{"network": "U99001", "on": "2026-04-01"}))

	maker.do(t, "requestPayment", money("P1", "500.00", one))
	refused(maker, "MAKER_IS_CHECKER", "approveFundingRequest", about(3, nil))
	checker.do(t, "approveFundingRequest", about(3, nil))
	manager.do(t, "confirmReceipt", money("B1", "450.00", one))
	refused(manager, "NOT_ENOUGH_MONEY", "spendFunding", money("S1", "450.01", input{"network": "U99001", "for": "a locum"}))
	manager.do(t, "spendFunding", money("S1", "400.00", input{"network": "U99001", "for": "a locum"}))
	refused(manager, "FORBIDDEN", "confirmReceipt", money("B2", "1.00", input{"network": "U99002"}))

	maker.do(t, "requestDiversion", money("V1", "100.00", input{"network": "U99001", "reason": "winter pressures"}))
	checker.do(t, "approveFundingRequest", about(7, nil))
	manager.do(t, "protestDiversion", about(8, input{"network": "U99001", "reason": "nobody asked us"}))
	const book = `{ entries(about: "ledger-QZ1-2025-26", first: 100) { nodes { type } } }`
	if a := manager.ask(t, book); len(a.Errors) > 0 || !strings.Contains(a.body, "funding.diversion_protested.v1") {
		t.Errorf("whoever is of the system reads of its ledger %s", a.body)
	}
	if a := s.as(t, "stranger", ask.Grant{Role: ask.Board, Of: "system-QZ2"}).ask(t, book); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) {
		t.Errorf("whoever is not reads %s", a.body)
	}
	refused(maker, "LATER_ENTRIES_IN_THE_WAY", "reverseEntry", about(4, input{"reason": "paid twice"}))

	refused(maker, "YEAR_NOT_OVER", "closeFundingYear", input{"system": "QZ1", "year": "2099/00"})
	maker.do(t, "closeFundingYear", input{"system": "QZ1", "year": "2025/26"})
	refused(maker, "YEAR_CLOSED", "allocateFunding", money("A3", "1.00", one))
	// What is left arrives in the next year by itself, once.
	manager.eventually(t, `{ entries(about: "ledger-QZ1-2026-27", first: 9) { nodes { type } } }`, `{"entries":{"nodes":[{"type":"funding.carried_in.v1"}]}}`)
	next := input{"system": "QZ1", "year": "2026/27", "fromSystem": "QZ1", "fromYear": "2025/26"}
	if got := maker.do(t, "carryInFunding", next); got.Entries != 0 {
		t.Errorf("carried in again by %d entries", got.Entries)
	}
	later := money("S2", "50.00", input{"network": "U99001", "for": "a locum", "year": "2026/27", "on": "2026-04-02"})
	manager.do(t, "spendFunding", later)
	later["reference"] = "S3"
	refused(manager, "NOT_ENOUGH_MONEY", "spendFunding", later)
}

// Many who write in one ledger at a time never get into each other's way.
func TestManyPostingsInOneLedger(t *testing.T) {
	t.Parallel()
	_, maker, checker, manager := ledger(t)
	one := input{"network": "U99001"}
	maker.do(t, "receiveFunding", money("E1", "320.00", nil))
	maker.do(t, "allocateFunding", money("A1", "320.00", one))
	maker.do(t, "requestPayment", money("P1", "320.00", one))
	checker.do(t, "approveFundingRequest", input{"system": "QZ1", "year": "2025/26", "on": "2025-07-02", "entry": 3})
	manager.do(t, "confirmReceipt", money("B1", "320.00", one))

	const clients, each = 64, 5
	var all errgroup.Group
	for c := range clients {
		all.Go(func() error {
			for n := range each {
				in := money(fmt.Sprintf("S%d-%d", c, n), "1.00", input{"network": "U99001", "for": "a locum"})
				d, a, err := manager.submit(t.Context(), "spendFunding", in)
				if err != nil || len(d.Problems) > 0 || len(a.Errors) > 0 {
					return fmt.Errorf("%w, answered %s", err, a.body)
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	left := manager.refused(t, "spendFunding", money("one more", "0.01", input{"network": "U99001", "for": "a locum"}))
	if len(left) != 1 || left[0].Code != "NOT_ENOUGH_MONEY" {
		t.Errorf("after spending all of it: %+v", left)
	}
}
