package staffing

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Verdict says whether a post is additional to what a network had, so that it may
// be claimed for.
type Verdict string

const (
	Additional    Verdict = "ADDITIONAL"
	InGrace       Verdict = "IN_GRACE"       // for as long as a post of the baseline may be empty
	NotAdditional Verdict = "NOT_ADDITIONAL" // nothing may be claimed for it
	NotKnown      Verdict = "NOT_KNOWN"
)

// Answer is a verdict with its reasons, in the order in which they were looked at.
type Answer struct {
	Verdict Verdict
	Why     []string
	Until   events.Date     // the last day of grace
	Unknown *figure.Unknown // of NotKnown: what it takes
}

// Grace is how many months a post of the baseline may be empty before it counts
// against additional ones of its role (Pulse, answers to questions on the scheme).
const Grace = 3

// recent are the roles that are additional only for those who have not worked for
// the network or its practices within the twelve months before, unless they move to
// a more senior or specialist one (Humberside LMC, on 2025/26).
var recent = []contract.Key{
	"healthcare-support-worker", "new-to-general-practice-nurse", "experienced-general-practice-nurse", "consultant-nurse-primary-care",
}

var recentFrom = events.Day(2025, time.April, 1)

// AdditionalOn says whether a post is additional on a day.
func (s *Staff) AdditionalOn(p *Post, day events.Date) (a Answer) {
	t := p.DetailsOn(day)
	because := func(format string, args ...any) { a.Why = append(a.Why, fmt.Sprintf(format, args...)) }
	if t.Purpose != fact.Additional {
		because("It is no post of the scheme for additional roles.")
		a.Verdict = NotAdditional
		return a
	}
	if w := p.Withdrawn(); w != nil && !w.On.After(day) {
		because("It was withdrawn on %s.", w.On)
		a.Verdict = NotAdditional
		return a
	}
	if a.Verdict, a.Why = themselves(t.Role, p.whoseOn(day)); a.Verdict != "" {
		return a
	}
	if !slices.Contains(fact.BaselineRoles, t.Role) {
		because("%s is none of the roles that were counted on %s.", t.Role, fact.BaselineDay)
		a.Verdict = Additional
		return a
	}
	s.measure(&a, p, t.Role, day)
	return a
}

// whoseOn is who is in the post on a day, or is to come; nil where nobody is.
func (p *Post) whoseOn(day events.Date) *Holder {
	if h := p.HolderOn(day); h != nil {
		return h
	}
	return p.ComingOn(day)
}

// themselves is what follows from who is in a post alone: no verdict where it takes
// what the network had.
func themselves(role contract.Key, h *Holder) (v Verdict, why []string) {
	if h == nil {
		return "", nil
	}
	if h.Scheme != nil {
		met, because := exempt(role, *h.Scheme)
		why = append(why, because)
		if met {
			return Additional, why
		}
	}
	if h.Before != nil {
		barred, because := known(role, *h)
		if because != "" {
			why = append(why, because)
		}
		if barred {
			return NotAdditional, why
		}
	}
	return "", why
}

// exempt says whether somebody was there before the baseline and is additional
// all the same, by a national scheme: approved and in post before the day, by the
// letter. Both schemes are held to the days that are told of the first (S2, in the
// order of the sentences). Those who finished it from the day to July 2019 count
// although they had when the scheme for additional roles began; who finished later
// was on it then, and counts all the more.
func exempt(role contract.Key, s fact.Scheme) (met bool, why string) {
	name := "the national scheme for clinical pharmacists in general practice"
	roles := []contract.Key{"clinical-pharmacist"}
	if s.Name == fact.MedicinesInCareHomes {
		name, roles = "the scheme for medicines optimisation in care homes", append(roles, "pharmacy-technician")
	}
	switch {
	case !slices.Contains(roles, role):
		return false, fmt.Sprintf("No %s is exempt by %s.", role, name)
	case !s.ApprovedOn.Before(fact.BaselineDay):
		return false, fmt.Sprintf("The place on %s was approved on %s, and had to be before %s.", name, s.ApprovedOn, fact.BaselineDay)
	case !s.InPostOn.Before(fact.BaselineDay):
		return false, fmt.Sprintf("They were in post on %s from %s, and had to be before %s.", name, s.InPostOn, fact.BaselineDay)
	case !s.FinishedOn.IsZero() && s.FinishedOn.Before(fact.BaselineDay):
		return false, fmt.Sprintf("They finished %s on %s, and those who did before %s are not exempt by it.", name, s.FinishedOn, fact.BaselineDay)
	case !s.FinishedOn.IsZero():
		return true, fmt.Sprintf("They were on %s before %s and finished it on %s, which counts.", name, fact.BaselineDay, s.FinishedOn)
	}
	return true, fmt.Sprintf("They were on %s before %s, which counts.", name, fact.BaselineDay)
}

// known says whether what somebody did for the network or its practices before bars
// them, and why; nothing where there is nothing to say.
func known(role contract.Key, h Holder) (barred bool, why string) {
	b := *h.Before
	if b.OnBaseline && b.Role == role && slices.Contains(fact.BaselineRoles, role) {
		return true, fmt.Sprintf("They were the practices' %s on %s already.", role, fact.BaselineDay)
	}
	if !slices.Contains(recent, role) || h.StartsOn.Before(recentFrom) {
		return false, ""
	}
	until := cmp.Or(b.Until, h.StartsOn.AddDays(-1))
	switch {
	case !until.After(through(h.StartsOn, -12)):
		return false, fmt.Sprintf("They worked for the network or a practice of it until %s, and no more within the twelve months before %s.", until, h.StartsOn)
	case b.MoreSenior:
		return false, fmt.Sprintf("They worked for the network or a practice of it until %s, and the post is a more senior or specialist one.", until)
	}
	return true, fmt.Sprintf("They worked for the network or a practice of it until %s, within the twelve months before %s, and the post is no more senior or specialist one.", until, h.StartsOn)
}

// measure holds a post against what the network had of its role.
func (s *Staff) measure(a *Answer, p *Post, role contract.Key, day events.Date) {
	by := s.Network.Entity()
	owed := func(code, format string, args ...any) {
		a.Verdict, a.Unknown = NotKnown, &figure.Unknown{Code: code, OwedBy: &by, Reason: fmt.Sprintf(format, args...)}
		a.Why = append(a.Why, a.Unknown.Reason)
	}
	stated := s.BaselineOf(role)
	if stated == nil {
		owed("BASELINE_NOT_STATED", "Network %s has not said how many WTE of %s its practices had on %s.", s.Network, role, fact.BaselineDay)
		return
	}
	lacks, recorded := s.vacanciesOn(role, stated.Is.WTE, day)
	if !recorded {
		owed("BASELINE_POSTS_MISSING", "Its practices had %s WTE of %s on %s, and the posts of the baseline that are recorded are fewer. Record them, with who has been in them.", stated.Is.WTE, role, fact.BaselineDay)
		return
	}
	over, until := 0, events.Date{}
	for _, v := range lacks {
		if end := through(v.since, Grace); day.After(end) {
			over++
			a.Why = append(a.Why, fmt.Sprintf("Post %d of the baseline has been empty since %s, for more than %d months.", v.post, v.since, Grace))
		} else if until.IsZero() || end.Before(until) {
			until = end
		}
	}
	if over > 0 {
		a.Why = append(a.Why, fmt.Sprintf("For each, one additional %s is not claimed for until it is filled: those who started last.", role))
	}
	switch {
	case s.latest(role, p, day) < over:
		a.Verdict = NotAdditional
	case !until.IsZero():
		a.Verdict, a.Until = InGrace, until
		a.Why = append(a.Why, fmt.Sprintf("A post of the baseline is empty, which it may be until %s.", until))
	case over > 0:
		a.Verdict = Additional
		a.Why = append(a.Why, "This one is not among them.")
	default:
		a.Verdict = Additional
		a.Why = append(a.Why, fmt.Sprintf("What the practices had of %s on %s, %s WTE, is there besides.", role, fact.BaselineDay, stated.Is.WTE))
	}
}

// vacancy is a post of the baseline that nobody is in.
type vacancy struct {
	post  int
	since events.Date
	hours int // hundredths
}

// vacanciesOn are the posts that a network lacks on a day of what it had of a role,
// those that are empty the longest last; false where fewer posts than it had are
// recorded with somebody who is or was in them. A post that is withdrawn stays empty;
// another of the baseline that is filled takes the place of the longest empty one.
func (s *Staff) vacanciesOn(role contract.Key, wte decimal.Decimal, day events.Date) (lacks []vacancy, recorded bool) {
	need, _ := workforce.Hundredths(wte)
	need *= workforce.FullTime
	have := 0 // in the same unit
	var empty []vacancy
	for _, p := range s.posts {
		t := p.DetailsOn(day)
		if t.Role != role || t.Purpose != fact.Baseline {
			continue
		}
		hours, _ := workforce.Hundredths(t.Hours)
		if p.HolderOn(day) != nil {
			have += hours * 100
		} else if since, was := p.EmptyOn(day); was {
			empty = append(empty, vacancy{p.Number, since, hours})
		}
	}
	slices.SortStableFunc(empty, func(a, b vacancy) int { return b.since.Compare(a.since) })
	for _, v := range empty {
		if have >= need {
			break
		}
		have, lacks = have+v.hours*100, append(lacks, v)
	}
	return lacks, have >= need
}

// latest is how many additional posts of a role started after a post did, of those
// that somebody is in on a day and that the baseline is held against.
func (s *Staff) latest(role contract.Key, p *Post, day events.Date) (later int) {
	begins := day.AddDays(1) // nobody is in it yet: it would be the latest
	if h := p.HolderOn(day); h != nil {
		begins = h.StartsOn
	}
	for _, q := range s.posts {
		t, h := q.DetailsOn(day), q.HolderOn(day)
		if t.Role != role || t.Purpose != fact.Additional || h == nil {
			continue
		}
		if v, _ := themselves(role, h); v != "" {
			continue
		}
		if c := h.StartsOn.Compare(begins); c > 0 || c == 0 && q.Number > p.Number {
			later++
		}
	}
	return later
}

// through is the last day of n months from a day on, or the last before that many
// months up to it, where n is negative: the day before the same day of that month, or
// the month's last where it has no such day.
func through(d events.Date, n int) events.Date {
	t := d.Time()
	first := events.Day(t.Year(), t.Month()+time.Month(n), 1)
	if that := first.AddDays(t.Day() - 2); !that.After(events.MonthOf(first).Last()) {
		return that
	}
	return events.MonthOf(first).Last()
}
