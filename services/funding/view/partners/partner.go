package partners

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Partner is a partner organisation in a year.
type Partner struct {
	history *history
	system  events.ICB
	year    events.Year
	unknown *figure.Unknown // why nothing can be relied on
	today   events.Date
	totals  []*ControlTotal
	reports [fact.Months][]*Report // as they came
}

func (r *Reading) partner(h *history, system events.ICB, year events.Year) *Partner {
	p := &Partner{history: h, system: system, year: year, today: r.Today}
	if r.Unknown != nil {
		p.unknown = r.Unknown(h.code.Entity())
	}
	for _, e := range h.entries {
		switch f := e.Event.(type) {
		case fact.ControlTotalSet:
			if f.Year == year {
				t := &ControlTotal{said: f, entry: e}
				if n := len(p.totals); n > 0 {
					change := f.Amount - p.totals[n-1].said.Amount
					t.Change = &change
				}
				p.totals = append(p.totals, t)
			}
		case fact.PositionReported:
			if f.Year == year && 1 <= f.Month && f.Month <= fact.Months {
				p.reports[f.Month-1] = append(p.reports[f.Month-1], p.told(f, e))
			}
		case fact.Registered, fact.Left:
		}
	}
	return p
}

// told is a report, and what it changes of the one before it.
func (p *Partner) told(f fact.PositionReported, e entry) *Report {
	r := &Report{said: f, entry: e, of: p}
	if before := p.reports[f.Month-1]; len(before) > 0 {
		was := before[len(before)-1].said
		r.Change = &Change{f.Plan - was.Plan, f.Actual - was.Actual, f.Forecast - was.Forecast}
	}
	return r
}

// Code is the organisation's code.
func (p *Partner) Code() fact.Organisation { return p.history.code }

// Name is what it is called.
func (p *Partner) Name() string { return p.history.name }

// Entity is the organisation as the book names it.
func (p *Partner) Entity() events.Entity { return p.history.code.Entity() }

// ControlTotal is what it is to end the year with, as its system has said last.
func (p *Partner) ControlTotal() figure.Amount {
	switch n := len(p.totals); {
	case p.unknown != nil:
		return figure.NoAmount(p.unknown)
	case n == 0:
		by, since := p.system.Entity(), p.year.First().Time()
		return figure.NoAmount(&figure.Unknown{
			Code: "CONTROL_TOTAL_NOT_SET", OwedBy: &by, Since: &since,
			Reason: fmt.Sprintf("%s has not said what %s is to end %s with.", p.system, p.Name(), p.year),
		})
	default:
		t := p.totals[n-1]
		return figure.Known(t.Amount(), "The control total that the system has set last.", func() []figure.Term {
			return []figure.Term{{Label: "control total agreed on " + t.AgreedOn().String(), Amount: t.Amount(), Entries: []events.ID{t.Entry()}}}
		})
	}
}

// ControlTotals are all that were ever set for the year, the oldest first.
func (p *Partner) ControlTotals() []*ControlTotal { return p.totals }

// ControlTotal is what a system said that an organisation is to end a year with.
type ControlTotal struct {
	// Change is by how much it differs from the one before; nil for the first.
	Change *events.GBP

	said  fact.ControlTotalSet
	entry entry
}

// Amount is how much that is.
func (t *ControlTotal) Amount() events.GBP { return t.said.Amount }

// AgreedOn is the day it was agreed.
func (t *ControlTotal) AgreedOn() events.Date { return t.said.AgreedOn }

// SetBy is the system that set it.
func (t *ControlTotal) SetBy() events.ICB { return t.said.System }

// Recorded is when the book was told.
func (t *ControlTotal) Recorded() time.Time { return t.entry.Time }

// Entry is the fact that says so.
func (t *ControlTotal) Entry() events.ID { return t.entry.ID }

// Reason is why it was set, or set anew; nil where nobody says.
func (t *ControlTotal) Reason() *string { return given(t.said.Reason) }

// report is the newest report of a month, or nil.
func (p *Partner) report(month int) *Report {
	if all := p.reports[month-1]; len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// Reports are the newest of each month that was reported, in order.
func (p *Partner) Reports() (all []*Report) {
	for n := range fact.Months {
		if r := p.report(n + 1); r != nil {
			all = append(all, r)
		}
	}
	return all
}

// Newest is the report of the newest month, or nil.
func (p *Partner) Newest() *Report {
	if all := p.Reports(); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

// Variance is the newest forecast less the control total: below zero where the
// organisation expects to miss it.
func (p *Partner) Variance() figure.Amount {
	if r := p.Newest(); r != nil {
		return r.Variance()
	}
	return figure.NoAmount(cmp.Or(p.unknown, p.missing(1)))
}

// owes reports whether a month was over before today and is not reported.
func (p *Partner) owes(month int) bool {
	return p.report(month) == nil && fact.Month(p.year, month).To.Before(p.today)
}

// Owed are the months that are over and not reported, in order.
func (p *Partner) Owed() (all []*Owed) {
	for n := range fact.Months {
		if p.owes(n + 1) {
			all = append(all, &Owed{n + 1, p.missing(n + 1)})
		}
	}
	return all
}

// Owed is a month that an organisation has not reported.
type Owed struct {
	Month   int // 1 is April
	Unknown *figure.Unknown
}

// missing says why a month is not known.
func (p *Partner) missing(month int) *figure.Unknown {
	by := p.Entity()
	why := &figure.Unknown{
		Code: "POSITION_NOT_REPORTED", OwedBy: &by,
		Reason: fmt.Sprintf("%s has not reported month %d of %s.", p.Name(), month, p.year),
	}
	if p.owes(month) {
		since := fact.Month(p.year, month).To.AddDays(1).Time()
		why.Since = &since
	}
	return why
}

// Report is what an organisation reported of a month.
type Report struct {
	// Change is what it changes of the report before it; nil for the first.
	Change *Change

	said  fact.PositionReported
	entry entry
	of    *Partner
}

// Change is by how much figures were restated.
type Change struct{ Plan, Actual, Forecast events.GBP }

// Month is its number in the year; 1 is April.
func (r *Report) Month() int { return r.said.Month }

// First is the month's first day.
func (r *Report) First() events.Date { return fact.Month(r.said.Year, r.said.Month).From }

// Last is the month's last day.
func (r *Report) Last() events.Date { return fact.Month(r.said.Year, r.said.Month).To }

// On is the day of the report.
func (r *Report) On() events.Date { return r.said.On }

// Recorded is when the book was told.
func (r *Report) Recorded() time.Time { return r.entry.Time }

// Entry is the fact that says so.
func (r *Report) Entry() events.ID { return r.entry.ID }

// Reason is why it was restated, or nil.
func (r *Report) Reason() *string { return given(r.said.Reason) }

// OwnControlTotal is what the organisation measures itself by, or nil where it
// does not say.
func (r *Report) OwnControlTotal() *events.GBP { return r.said.ControlTotal }

// History are all reports of the month, the oldest first.
func (r *Report) History() []*Report { return slices.Clone(r.of.reports[r.said.Month-1]) }

// Plan is what was planned for the year so far.
func (r *Report) Plan() figure.Amount { return r.amount("plan to the end of", r.said.Plan) }

// Actual is what the year so far comes to.
func (r *Report) Actual() figure.Amount { return r.amount("actual to the end of", r.said.Actual) }

// Forecast is what is expected of the whole year.
func (r *Report) Forecast() figure.Amount {
	return r.amount("forecast of the year as of", r.said.Forecast)
}

// Variance is the forecast less the control total, as that is now.
func (r *Report) Variance() figure.Amount {
	total := r.of.ControlTotal()
	if total.Unknown != nil {
		return total
	}
	forecast := r.term("forecast of the year as of", r.said.Forecast)
	return figure.Known(r.said.Forecast-*total.Value, "The forecast of the year less the control total.", func() []figure.Term {
		less := total.Passport.Sum()[0]
		less.Label, less.Amount = "less the "+less.Label, -less.Amount
		return []figure.Term{forecast, less}
	})
}

func (r *Report) amount(what string, value events.GBP) figure.Amount {
	if r.of.unknown != nil {
		return figure.NoAmount(r.of.unknown)
	}
	return figure.Known(value, "What the organisation has reported.", func() []figure.Term { return []figure.Term{r.term(what, value)} })
}

func (r *Report) term(what string, value events.GBP) figure.Term {
	return figure.Term{
		Label:  fmt.Sprintf("%s month %d, reported on %s", what, r.said.Month, r.said.On),
		Amount: value, Entries: []events.ID{r.entry.ID},
	}
}

// given returns nil for what has not been given.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
