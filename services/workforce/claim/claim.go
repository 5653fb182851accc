// Package claim decides what a network may claim for the people in its additional
// roles, what that comes to, and what is approved of it. It is pure.
//
// A month is reimbursed the smaller of a share of its cost and of the contract's
// maximum for the hours and days. The published maximum of 2019/20 has the share
// in it already (£37,810 is 70 per cent of £54,014), so that the share is taken of
// the cost alone. Nothing caps a network whose entitlement is not known: unknown
// is not nothing.
package claim

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	registry "github.com/ics-openbook/openbook/services/network/view"
	"github.com/ics-openbook/openbook/services/workforce/view"
)

// State is a network's claims of a year. The zero State has none.
type State struct {
	claims []*claim // by number; neither is changed in place
}

type claim struct {
	month   events.Month // none of an adjustment
	lines   []fact.Line
	added   []fact.Added // of an adjustment alone
	by      events.PersonRef
	state   state
	amount  events.GBP   // what is to be paid, once it is approved
	each    []events.GBP // what each line is reimbursed, likewise
	figures []fact.Figure
	reasons []fact.Reason // once it is rejected
}

type state uint8

const (
	submitted state = iota
	approved
	rejected
	withdrawn
)

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.Event) State {
	switch e := e.(type) {
	case fact.ClaimSubmitted:
		return s.with(&claim{month: e.Month, lines: e.Lines, by: e.By})
	case fact.AdjustmentSubmitted:
		return s.with(&claim{added: e.Lines, by: e.By})
	case fact.ClaimApproved:
		return s.judged(e.Claim, func(c *claim) { c.state, c.amount, c.each, c.figures = approved, e.Amount, e.Amounts, e.Figures })
	case fact.ClaimRejected:
		return s.judged(e.Claim, func(c *claim) { c.state, c.reasons = rejected, e.Reasons })
	case fact.ClaimWithdrawn:
		return s.judged(e.Claim, func(c *claim) { c.state = withdrawn })
	}
	return s
}

func (s State) with(c *claim) State {
	return State{append(slices.Clip(s.claims), c)}
}

func (s State) judged(number int, change func(*claim)) State {
	was := s.at(number)
	if was == nil {
		return s
	}
	next := *was
	change(&next)
	s.claims = slices.Clone(s.claims)
	s.claims[number-1] = &next
	return s
}

func (s State) at(number int) *claim {
	if number < 1 || number > len(s.claims) {
		return nil
	}
	return s.claims[number-1]
}

// Known is what a decision looks at besides the claims.
type Known struct {
	By       events.PersonRef
	Today    events.Date
	Registry registry.State
	Contract *terms.Contract // of the year; nil when the book has none
	Entitled *events.GBP     // to additional roles in the year; nil when that is not known
	Unread   bool            // whether what it is entitled to is in the book and cannot be read
	Patients *int            // of the network, as the year counts them; likewise
}

var (
	ErrNetwork = refuse.New(refuse.NotFound, "NETWORK_UNKNOWN",
		"There is no network %s in the book. Register it first, or check the code.")
	ErrContract = refuse.New(refuse.NotFound, "CONTRACT_UNKNOWN",
		"The book has no contract of %s, so that nobody can say which roles it reimburses. Have a steward publish it.")
	ErrAhead = refuse.New(refuse.Invalid, "MONTH_AHEAD",
		"%s has not begun. A month is claimed for once it has.")
	ErrClaimed = refuse.New(refuse.Conflict, "MONTH_CLAIMED",
		"Claim %d is for %s already. While it waits, withdraw it and claim anew; once it is approved, claim for others alone, and after an uplift adjust it.")
	ErrRole = refuse.New(refuse.NotFound, "ROLE_UNKNOWN",
		"The contract of %s reimburses no role %s. Look up its roles, or have a steward add it with its source.")
	ErrRoleAbsent = refuse.New(refuse.Invalid, "ROLE_NOT_IN_FORCE",
		"The contract reimburses %s on %d of the %d days claimed in %s. Claim for the days on which it is a role.")
	ErrNotYet = refuse.New(refuse.Invalid, "NOT_STARTED",
		"%s starts on %s, after %s. Claim from the month they start in.")
	ErrLeft = refuse.New(refuse.Invalid, "LEFT_BEFORE",
		"%s left on %s, before %s. Nothing of the month can be claimed for them.")
	ErrLimit = refuse.New(refuse.Conflict, "ROLE_LIMIT",
		"The contract of %s reimburses %d posts of %s, and the lines up to this one claim more.")
	ErrUnknown = refuse.New(refuse.NotFound, "CLAIM_UNKNOWN",
		"Network %s has no claim %d in %s. Look up its number.")
	ErrJudged = refuse.New(refuse.Conflict, "CLAIM_JUDGED",
		"Claim %d has been %s already.")
	ErrMaker = refuse.New(refuse.Forbidden, "MAKER_IS_CHECKER",
		"You submitted claim %d yourself, so somebody else has to judge it.")
	ErrFigure = refuse.New(refuse.Invalid, "FIGURE_MISSING",
		"The book has no maximum of %s for line %d. Approve it with the yearly maximum and where that is known from.")
	ErrNeedless = refuse.New(refuse.Invalid, "FIGURE_NEEDLESS",
		"Line %d has its maximum from the contract. If that is wrong, a steward corrects it for everybody.")
	ErrFees = refuse.New(refuse.Invalid, "FEES_INVALID",
		"%s is no social prescribing link worker, for whom alone fees are claimed.")
	ErrLine = refuse.New(refuse.NotFound, "LINE_UNKNOWN",
		"Claim %d has no line %s. Look at its lines.")
	ErrNotApproved = refuse.New(refuse.Conflict, "CLAIM_NOT_APPROVED",
		"Claim %d is no claim for a month that has been approved, and only those are adjusted.")
	ErrNoMaximum = refuse.New(refuse.Conflict, "MAXIMUM_NOT_KNOWN",
		"The book has no maximum of %s for %s, so that nobody can say what it comes to more. Have a steward add it with its source.")
	ErrNoDifference = refuse.New(refuse.Invalid, "NO_DIFFERENCE",
		"%s of claim %d comes to £%s by today's maxima, and was reimbursed £%s. Claim the lines that come to more.")
	ErrPending = refuse.New(refuse.Conflict, "ADJUSTMENT_WAITS",
		"Claim %d adjusts %s of claim %d and has not been judged. Withdraw it, or wait.")
)

// Submit claims for a month.
func Submit(s State, k Known, a workforce.SubmitClaim) ([]fact.Event, error) {
	if err := k.may(a.Network, a.Month.Year()); err != nil {
		return nil, err
	}
	if k.Today.Before(a.Month.First()) {
		return nil, ErrAhead.About("month", a.Month)
	}
	var before []fact.Claimed // who is claimed for in that month already
	for i, c := range s.claims {
		if c.month != a.Month || c.state == rejected || c.state == withdrawn {
			continue
		}
		if slices.EqualFunc(c.lines, a.Lines, func(l fact.Line, d fact.Claimed) bool { return l.Same(d) }) {
			return nil, nil
		}
		again := func(l fact.Claimed) bool {
			return slices.ContainsFunc(c.lines, func(was fact.Line) bool { return was.Employee == l.Employee })
		}
		if c.state == submitted || slices.ContainsFunc(a.Lines, again) {
			return nil, ErrClaimed.About("month", i+1, a.Month)
		}
		for _, l := range c.lines {
			before = append(before, l.Claimed)
		}
	}
	lines := make([]fact.Line, len(a.Lines))
	var wrong []error
	for i, l := range a.Lines {
		var err error
		if lines[i], err = k.line(fmt.Sprintf("lines.%d.", i), a.Month, l); err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := errors.Join(append(wrong, k.limits(a.Month, before, a.Lines))...); err != nil {
		return nil, err
	}
	return []fact.Event{fact.ClaimSubmitted{
		Workforce: a.Workforce(), Number: len(s.claims) + 1, Month: a.Month, Lines: lines, Late: k.Today.After(Deadline(a.Month)), By: k.By,
	}}, nil
}

// Deadline is the last day on which a claim for a month is not late: that of the
// month after. It is the product's own, and no rule of the NHS.
func Deadline(m events.Month) events.Date {
	return events.MonthOf(m.Last().AddDays(1)).Last()
}

// Adjust claims what lines of approved claims come to more by today's maxima.
func Adjust(s State, k Known, a workforce.AdjustClaims) ([]fact.Event, error) {
	if err := k.may(a.Network, a.Year); err != nil {
		return nil, err
	}
	for _, c := range s.claims {
		if c.state == submitted && slices.EqualFunc(c.added, a.Lines, func(l fact.Added, d workforce.Adjustment) bool {
			return l.Claim == d.Claim && l.Line.Employee == d.Employee && l.Line.Pay == d.Pay
		}) {
			return nil, nil
		}
	}
	lines := make([]fact.Added, len(a.Lines))
	var wrong []error
	for i, one := range a.Lines {
		var err error
		if lines[i], err = s.add(k, a, fmt.Sprintf("lines.%d.", i), one); err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return []fact.Event{fact.AdjustmentSubmitted{
		Workforce: a.Workforce(), Number: len(s.claims) + 1, Lines: lines, Reason: a.Reason, By: k.By,
	}}, nil
}

func (s State) add(k Known, a workforce.AdjustClaims, at string, one workforce.Adjustment) (n fact.Added, err error) {
	c := s.at(one.Claim)
	switch {
	case c == nil:
		return n, ErrUnknown.About(at+"claim", a.Network, one.Claim, a.Year)
	case c.state != approved || c.month == "":
		return n, ErrNotApproved.About(at+"claim", one.Claim)
	}
	place := slices.IndexFunc(c.lines, func(l fact.Line) bool { return l.Employee == one.Employee })
	if place < 0 {
		return n, ErrLine.About(at+"employee", one.Claim, one.Employee)
	}
	was := c.each[place]
	for i, later := range s.claims {
		for j, l := range later.added {
			switch {
			case l.Claim != one.Claim || l.At != place+1:
			case later.state == submitted:
				return n, ErrPending.About(at+"employee", i+1, one.Employee, one.Claim)
			case later.state == approved:
				was += later.each[j]
			}
		}
	}
	claimed := c.lines[place].Claimed
	claimed.Pay = one.Pay
	if one.Fees != 0 && claimed.Role != workforce.LinkWorker {
		return n, ErrFees.About(at+"monthlyFees", one.Employee)
	}
	line, err := k.line(at, c.month, claimed)
	switch {
	case err != nil:
		return n, err
	case line.Reimbursable == nil:
		return n, ErrNoMaximum.About(at+"employee", claimed.Role, c.month)
	case *line.Reimbursable <= was:
		return n, ErrNoDifference.About(at+"employee", one.Employee, one.Claim, *line.Reimbursable, was)
	}
	return fact.Added{Claim: one.Claim, At: place + 1, Month: c.month, Was: was, Line: line, More: *line.Reimbursable - was}, nil
}

// Approve has a claim paid, as far as the network's entitlement reaches.
func Approve(s State, k Known, a workforce.ApproveClaim) ([]fact.Event, error) {
	c, so, err := s.judge(k, a.About, approved)
	switch {
	case err != nil:
		return nil, err
	case so && !slices.Equal(c.figures, a.Figures):
		return nil, ErrJudged.About("claim", a.Claim, "approved")
	case so:
		return nil, nil
	case k.Unread:
		return nil, refuse.ErrParked.About("", a.Stream())
	}
	each, err := c.reimbursed(a)
	if err != nil {
		return nil, err
	}
	var sum events.GBP
	for _, m := range each {
		sum += m
	}
	paid := sum
	if k.Entitled != nil {
		paid = min(sum, max(0, *k.Entitled-s.Approved()))
	}
	return []fact.Event{fact.ClaimApproved{
		Workforce: a.Workforce(), Claim: a.Claim, Figures: a.Figures, Amounts: each, Amount: paid, Lost: sum - paid, By: k.By,
	}}, nil
}

// Approved is what has been approved of the year's claims together.
func (s State) Approved() (sum events.GBP) {
	for _, c := range s.claims {
		sum += c.amount
	}
	return sum
}

// reimbursed is what each line comes to, with the figures that the commissioner
// gives for those that lack one.
func (c *claim) reimbursed(a workforce.ApproveClaim) (each []events.GBP, err error) {
	figures := map[int]fact.Figure{}
	for i, f := range a.Figures {
		if f.Line > len(c.lines) {
			return nil, ErrLine.About(fmt.Sprintf("figures.%d.line", i), a.Claim, fmt.Sprint(f.Line))
		}
		if c.lines[f.Line-1].Reimbursable != nil {
			return nil, ErrNeedless.About(fmt.Sprintf("figures.%d.line", i), f.Line)
		}
		figures[f.Line] = f
	}
	var wrong []error
	for i, l := range c.lines {
		f, given := figures[i+1]
		switch {
		case l.Reimbursable != nil:
			each = append(each, *l.Reimbursable)
		case !given:
			wrong = append(wrong, ErrFigure.About("figures", l.Role, i+1))
		default:
			each = append(each, *with(l, c.month, f.Maximum).Reimbursable)
		}
	}
	for _, l := range c.added {
		each = append(each, l.More)
	}
	return each, errors.Join(wrong...)
}

// with is a line with a maximum in place of what is not known.
func with(l fact.Line, month events.Month, maximum events.GBP) fact.Line {
	l.Maxima = slices.Clone(l.Maxima)
	for i := range l.Maxima {
		if l.Maxima[i].Maximum == 0 {
			l.Maxima[i].Maximum = maximum
		}
	}
	return view.Computed(l, month)
}

// Reject turns a claim down.
func Reject(s State, k Known, a workforce.RejectClaim) ([]fact.Event, error) {
	c, so, err := s.judge(k, a.About, rejected)
	switch {
	case err != nil:
		return nil, err
	case so && !slices.Equal(c.reasons, a.Reasons):
		return nil, ErrJudged.About("claim", a.Claim, "rejected")
	case so:
		return nil, nil
	}
	for i, r := range a.Reasons {
		if r.Line > max(len(c.lines), len(c.added)) {
			return nil, ErrLine.About(fmt.Sprintf("reasons.%d.line", i), a.Claim, fmt.Sprint(r.Line))
		}
	}
	return []fact.Event{fact.ClaimRejected{Workforce: a.Workforce(), Claim: a.Claim, Reasons: a.Reasons, By: k.By}}, nil
}

// judge is the claim that somebody other than its maker judges; so is whether
// it has been judged like that already.
func (s State) judge(k Known, a workforce.About, like state) (c *claim, so bool, err error) {
	c, so, err = s.waiting(a, like)
	if err == nil && !so && c.by == k.By {
		err = ErrMaker.About("claim", a.Claim)
	}
	return c, so, err
}

func (s State) waiting(a workforce.About, like state) (c *claim, so bool, err error) {
	c = s.at(a.Claim)
	switch {
	case c == nil:
		return nil, false, ErrUnknown.About("claim", a.Network, a.Claim, a.Year)
	case c.state == like:
		return c, true, nil
	case c.state != submitted:
		return nil, false, ErrJudged.About("claim", a.Claim, [...]string{submitted: "submitted", approved: "approved", rejected: "rejected", withdrawn: "withdrawn"}[c.state])
	}
	return c, false, nil
}

// Withdraw takes a claim back before it is judged.
func Withdraw(s State, k Known, a workforce.WithdrawClaim) ([]fact.Event, error) {
	_, so, err := s.waiting(a.About, withdrawn)
	if err != nil || so {
		return nil, err
	}
	return []fact.Event{fact.ClaimWithdrawn{Workforce: a.Workforce(), Claim: a.Claim, Reason: a.Reason, By: k.By}}, nil
}
