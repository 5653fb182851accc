package partner_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/partner"
)

const year = events.Year("2025/26")

func TestFacts(t *testing.T) {
	own := events.GBP(-2_000_000_00)
	eventstest.Run(t, partner.Family, []partner.Event{
		partner.Registered{Organisation: "RYZ", Name: "Valley Hospitals", System: "QZ1", From: year},
		partner.Left{Organisation: "RYZ", System: "QZ1", Last: year, Reason: "Merged into RXZ."},
		partner.ControlTotalSet{
			Organisation: "RYZ", System: "QZ1", Year: year, Amount: -1_500_000_00,
			AgreedOn: events.Day(2025, time.April, 30), Reason: "The national deficit support.",
		},
		partner.PositionReported{
			Organisation: "RYZ", Year: year, Month: 3,
			Position: partner.Position{Plan: -400_000_00, Actual: -612_345_67, Forecast: -1_900_000_00, ControlTotal: &own},
			On:       events.Day(2025, time.July, 15), Reason: "An accrual was left out.",
		},
	})
}

func TestCodes(t *testing.T) {
	for _, o := range []partner.Organisation{"RYZ", "8J094", "QU9", "D4U1Y", "ABCDEFGHIJ"} {
		if !o.Valid() || !o.Entity().Valid() {
			t.Errorf("%q is not accepted", o)
		}
	}
	for _, o := range []partner.Organisation{"", "RY", "ryz", "RY-", "RYZ ", "ABCDEFGHIJK", "RÝZ"} {
		if o.Valid() {
			t.Errorf("%q is accepted", o)
		}
	}
}

func TestMonths(t *testing.T) {
	for number, want := range map[int]string{1: "2027-04-01 2027-04-30", 9: "2027-12-01 2027-12-31", 10: "2028-01-01 2028-01-31", 11: "2028-02-01 2028-02-29", 12: "2028-03-01 2028-03-31", 0: " ", 13: " "} {
		if m := partner.Month("2027/28", number); m.From.String()+" "+m.To.String() != want {
			t.Errorf("month %d is %s to %s, want %s", number, m.From, m.To, want)
		}
	}
	if m := partner.Month("2027", 1); !m.From.IsZero() {
		t.Errorf("a month of no year begins on %s", m.From)
	}
}

func TestWhetherTwoPositionsAreTheSame(t *testing.T) {
	one, other := events.GBP(1), events.GBP(2)
	p := partner.Position{Plan: 1, Actual: 2, Forecast: 3, ControlTotal: &one}
	again := one
	same := p
	same.ControlTotal = &again
	if !p.Same(same) {
		t.Error("a position is not the same as itself")
	}
	for _, change := range []func(*partner.Position){
		func(p *partner.Position) { p.Plan = 9 }, func(p *partner.Position) { p.Actual = 9 }, func(p *partner.Position) { p.Forecast = 9 },
		func(p *partner.Position) { p.ControlTotal = nil }, func(p *partner.Position) { p.ControlTotal = &other },
	} {
		q := p
		change(&q)
		if p.Same(q) || q.Same(p) {
			t.Errorf("%+v is the same as %+v", p, q)
		}
	}
}
