package reconcile_test

import (
	"fmt"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/workforce/view"
	posts "github.com/ics-openbook/openbook/services/workforce/view/staffing"

	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

const (
	june        = events.Month("2026-06")
	coordinator = contract.Key("care-coordinator")
	dietitian   = contract.Key("dietitian")
	pharmacist  = contract.Key("clinical-pharmacist")
)

func day(s string) (d events.Date) {
	if s != "" {
		if err := d.UnmarshalText([]byte(s)); err != nil {
			panic(err)
		}
	}
	return d
}

func whose(network events.PCN) staffing.Whose { return staffing.Whose{Network: network} }

func role(n int) string { return fmt.Sprint("Role ", n) }

// line is a line of a claim; none has left where left is "".
func line(n int, is contract.Key, hours, started, left string) workforce.Line {
	return workforce.Line{Claimed: workforce.Claimed{Employee: role(n), Role: is, Hours: decimal.MustParse(hours), StartedOn: day(started), LeftOn: day(left)}}
}

func terms(is contract.Key, hours string, purpose staffing.Purpose) staffing.Details {
	return staffing.Details{Role: is, Hours: decimal.MustParse(hours), Purpose: purpose, PlannedFrom: day("2025-01-01")}
}

func planned(post int, is contract.Key, hours string) staffing.Event {
	return staffing.PostPlanned{Post: post, Details: terms(is, hours, staffing.Additional)}
}

func own(post int, is contract.Key, hours string) staffing.Event {
	return staffing.PostPlanned{Post: post, Details: terms(is, hours, staffing.Own)}
}

func changed(post int, from string, to staffing.Details) staffing.Event {
	return staffing.PostChanged{Post: post, From: day(from), Details: to}
}

func filled(post, n int, started string) staffing.Event {
	return staffing.PostFilled{Post: post, Employee: role(n), StartsOn: day(started)}
}

func vacated(post int, last string, why staffing.Leaving) staffing.Event {
	return staffing.PostVacated{Post: post, LastDay: day(last), Why: why}
}

func returned(wte ...string) staffing.Event { return returnedIn(june, wte...) }

// returnedIn is a return of "Care Coordinator 1.5" and the like.
func returnedIn(m events.Month, wte ...string) staffing.Event {
	r := staffing.StaffReturned{Month: m}
	for _, w := range wte {
		at := strings.LastIndex(w, " ")
		r.Staff = append(r.Staff, staffing.Returned{Group: "Staff", Role: w[:at], Records: 1, People: 1, WTE: decimal.MustParse(w[at+1:])})
	}
	return r
}

// of puts a fact into a network's history.
func of(network events.PCN, e staffing.Event) staffing.Event {
	switch e := e.(type) {
	case staffing.BaselineStated:
		e.Whose = whose(network)
		return e
	case staffing.PostPlanned:
		e.Whose = whose(network)
		return e
	case staffing.PostChanged:
		e.Whose = whose(network)
		return e
	case staffing.PostAdvanced:
		e.Whose = whose(network)
		return e
	case staffing.PostFilled:
		e.Whose = whose(network)
		return e
	case staffing.PostVacated:
		e.Whose = whose(network)
		return e
	case staffing.PostWithdrawn:
		e.Whose = whose(network)
		return e
	case staffing.StaffReturned:
		e.Whose = whose(network)
		return e
	case staffing.DirectorTimeReported:
		e.Whose = whose(network)
		return e
	}
	return e
}

func staff(network events.PCN, all ...staffing.Event) (s *posts.Staff) {
	for i, e := range all {
		var err error
		if s, err = s.With(of(network, e), posts.Place{ID: events.ID(fmt.Sprint(network, " ", i))}); err != nil {
			panic(err)
		}
	}
	return s
}

// claimed is one claim for the month, and what became of it.
func claimed(network events.PCN, lines []workforce.Line, then ...workforce.Event) *view.Workforce {
	var s view.State
	w := workforce.Workforce{Network: network, Year: june.Year()}
	all := []workforce.Event{workforce.ClaimSubmitted{Workforce: w, Number: 1, Month: june, Lines: lines}}
	if len(lines) == 0 {
		all = nil
	}
	for i, e := range append(all, then...) {
		var err error
		if s, err = view.Evolve(s, e, view.Place{ID: events.ID(fmt.Sprint(network, " claim ", i)), Ordinal: events.Ordinal(i)}); err != nil {
			panic(err)
		}
	}
	return s.Of(network, w.Year)
}

// told are differences in one word each: "HOURS_DIFFER Role 1 post 2 dietitian".
func told(all []reconcile.Difference) (words []string) {
	for _, d := range all {
		w := string(d.Code)
		if d.Employee != "" {
			w += " " + d.Employee
		}
		if d.Post != 0 {
			w += fmt.Sprint(" post ", d.Post)
		}
		if d.Role != "" {
			w += " " + string(d.Role)
		}
		words = append(words, w)
	}
	return words
}

func month(lines []workforce.Line, all ...staffing.Event) *reconcile.Reconciliation {
	return reconcile.Of(reconcile.Sources{Network: "U99001", Month: june, Claims: claimed("U99001", lines), Staff: staff("U99001", all...)})
}
