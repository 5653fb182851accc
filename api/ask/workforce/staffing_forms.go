package workforce

import (
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
)

// Limits of what is said of a network's staff.
const (
	MostWTE       = 1000 // of a role
	MostReturned  = 200  // roles of a return
	MostMonthly   = 744  // hours there are in the longest month
	MostPractices = 100  // that share a post
)

// Problems are what is wrong with the request by its form alone.
func (a StateBaseline) Problems() []ask.Problem {
	var f ask.Form
	network(&f, a.Network)
	role(&f, "role", a.Role)
	amount(&f, "WTE_INVALID", "wte", a.WTE, MostWTE, "whole-time equivalents of a role")
	source(&f, "source", a.Source)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a PlanPost) Problems() []ask.Problem {
	var f ask.Form
	network(&f, a.Network)
	details(&f, a.Details)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a ChangePost) Problems() []ask.Problem {
	f := a.form()
	f.Day("since", a.Since)
	details(&f, a.Details)
	f.Reason("reason", a.Reason, ask.Required)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a AdvancePost) Problems() []ask.Problem {
	f := a.form()
	if a.To != staffing.Recruiting && a.To != staffing.Offered {
		f.Note("STAGE_INVALID", "to", "%q is no step on the way. Write RECRUITING or OFFERED.", ask.Clip(string(a.To)))
	}
	f.Day("on", a.On)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a FillPost) Problems() []ask.Problem {
	f := a.form()
	employee(&f, "employee", a.Employee)
	f.Day("startsOn", a.StartsOn)
	oneOf(&f, "SECTOR_INVALID", "from", a.From, staffing.Sectors)
	if s := a.Scheme; s != nil {
		oneOf(&f, "SCHEME_INVALID", "scheme.name", s.Name, []staffing.SchemeName{staffing.PharmacistsInPractice, staffing.MedicinesInCareHomes})
		f.Day("scheme.approvedOn", s.ApprovedOn)
		f.Day("scheme.inPostOn", s.InPostOn)
		if !s.FinishedOn.IsZero() {
			f.Order("scheme.finishedOn", events.Period{From: s.InPostOn, To: s.FinishedOn})
		}
	}
	if b := a.Before; b != nil {
		role(&f, "before.role", b.Role)
		if !a.StartsOn.IsZero() && b.Until.After(a.StartsOn) {
			f.Note("DAY_BEFORE", "before.until", "Their last day in what they did before is %s, after %s, when they start. Leave it out where the one follows the other.", b.Until, a.StartsOn)
		}
	}
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a VacatePost) Problems() []ask.Problem {
	f := a.form()
	f.Day("lastDay", a.LastDay)
	oneOf(&f, "LEAVING_INVALID", "why", a.Why, staffing.Leavings)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a WithdrawPost) Problems() []ask.Problem {
	f := a.form()
	f.Day("on", a.On)
	f.Reason("reason", a.Reason, ask.Required)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a ReturnStaff) Problems() []ask.Problem {
	var f ask.Form
	network(&f, a.Network)
	month(&f, a.Month)
	source(&f, "source", a.Source)
	switch n := len(a.Staff); {
	case n == 0:
		f.Note("LINES_MISSING", "staff", "There is no role. A network that has nobody returns nothing, and is shown as not submitted.")
	case n > MostReturned:
		f.Note("TOO_MANY", "staff", "There are %d roles; %d is the most for one request.", n, MostReturned)
		return f
	}
	for i, s := range a.Staff {
		at := fmt.Sprintf("staff.%d.", i)
		f.Name(at+"group", s.Group)
		f.Name(at+"role", s.Role)
		if s.Records < 1 || s.Records > 100_000 || s.People < 0 || s.People > s.Records {
			f.Note("NUMBER_INVALID", at+"records", "%d records of %d people are not possible: there is one at least, and no more people than records.", s.Records, s.People)
		}
		if s.WTE.IsNeg() || s.WTE.Cmp(decimal.MustNew(100_000, 0)) > 0 || s.WTE.Trim(0).Scale() > 9 {
			f.Note("WTE_INVALID", at+"wte", "%s is no number of whole-time equivalents: write 0 or more, with at most nine decimals.", s.WTE)
		}
		if i > 0 && (a.Staff[i-1].Group > s.Group || a.Staff[i-1].Group == s.Group && a.Staff[i-1].Role >= s.Role) {
			f.Note("ORDER_INVALID", at+"role", "Roles come in the order of group and role, each once.")
		}
	}
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a ReportDirectorTime) Problems() []ask.Problem {
	var f ask.Form
	network(&f, a.Network)
	month(&f, a.Month)
	amount(&f, "HOURS_INVALID", "funded", a.Funded, MostMonthly, "hours of a month")
	sum := decimal.Zero
	for i, name := range []string{"leadership", "administration", "meetings", "finance", "hr"} {
		h := a.Spent.Each()[i]
		if amount(&f, "HOURS_INVALID", "spent."+name, h, MostMonthly, "hours of a month") {
			sum, _ = sum.Add(h) // five small numbers
		}
	}
	amount(&f, "HOURS_INVALID", "spent", sum, MostMonthly, "hours of a month")
	return f
}

func (a PostOf) form() (f ask.Form) {
	network(&f, a.Network)
	number(&f, "post", a.Post)
	return f
}

func role(f *ask.Form, path string, key contract.Key) {
	if !key.Valid() {
		f.Note("KEY_INVALID", path, "%q is not the key of a role. It looks like clinical-pharmacist.", ask.Clip(string(key)))
	}
}

func month(f *ask.Form, m events.Month) {
	if !m.Valid() {
		f.Note("MONTH_INVALID", "month", "%q is not a month. Write it as 2025-06.", ask.Clip(string(m)))
	}
}

func source(f *ask.Form, path, s string) {
	if strings.TrimSpace(s) == "" {
		f.Note("SOURCE_MISSING", path, "Say where it is known from.")
	}
	f.Reason(path, s, ask.Optional)
}

// amount notes what is below nothing, beyond most or finer than two decimals.
func amount(f *ask.Form, code, path string, d decimal.Decimal, most int64, of string) bool {
	if d.IsNeg() || d.Cmp(decimal.MustNew(most, 0)) > 0 || d.Trim(0).Scale() > 2 {
		f.Note(code, path, "%s is no number of %s: write 0 to %d, with at most two decimals.", d, of, most)
		return false
	}
	return true
}

func oneOf[T ~string](f *ask.Form, code, path string, is T, all []T) {
	if !slices.Contains(all, is) {
		names := make([]string, len(all))
		for i, one := range all {
			names[i] = string(one)
		}
		f.Note(code, path, "%q is none of %s.", ask.Clip(string(is)), strings.Join(names, ", "))
	}
}

func details(f *ask.Form, t staffing.Details) {
	role(f, "role", t.Role)
	least, most := decimal.MustNew(LeastHours, 0), decimal.MustNew(MostHours, 0)
	if _, fits := workforce.Hundredths(t.Hours); !fits || t.Hours.Cmp(least) < 0 || t.Hours.Cmp(most) > 0 {
		f.Note("HOURS_INVALID", "hoursPerWeek", "%s is no week's work: it is %d to %d hours, with at most two decimals. One WTE is 37.5.", t.Hours, LeastHours, MostHours)
	}
	oneOf(f, "PURPOSE_INVALID", "purpose", t.Purpose, staffing.Purposes)
	oneOf(f, "MODEL_INVALID", "model", t.Model, staffing.Models)
	f.Name("employer", t.Employer)
	f.Text("band", t.Band, 20, ask.Optional)
	f.Day("plannedFrom", t.PlannedFrom)
	if len(t.Practices) > MostPractices {
		f.Note("TOO_MANY", "practices", "There are %d practices; %d is the most.", len(t.Practices), MostPractices)
		return
	}
	for i, p := range t.Practices {
		f.Code(fmt.Sprintf("practices.%d", i), p.Valid(), string(p), "practice", "A81001")
		if slices.Contains(t.Practices[:i], p) {
			f.Note("PRACTICE_TWICE", fmt.Sprintf("practices.%d", i), "Practice %s is there already.", p)
		}
	}
}
