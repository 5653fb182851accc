package workforce

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Claimed is a line of a claim as the network writes it, with the fields of the
// national portal. Amounts are what the month has cost.
type Claimed struct {
	Employee  string          `json:"employee"` // "Role 1": never a name
	Role      contract.Key    `json:"role"`     // as the year's contract names it
	Area      Area            `json:"area,omitempty"`
	StartedOn events.Date     `json:"startedOn"`
	LeftOn    events.Date     `json:"leftOn,omitzero"` // the last day worked; none for who has not left
	Hours     decimal.Decimal `json:"hoursWorkedPerWeek"`
	Pay
	MeetsTraining     *bool  `json:"meetsTrainingRequirements,omitempty"` // of pharmacists and technicians
	TrainingNotMetFor string `json:"reasonsTrainingNotMet,omitempty"`
}

// Same reports whether both say the same, however many zeros the hours have.
func (c Claimed) Same(d Claimed) bool {
	if !c.Hours.Equal(d.Hours) || (c.MeetsTraining == nil) != (d.MeetsTraining == nil) || c.MeetsTraining != nil && *c.MeetsTraining != *d.MeetsTraining {
		return false
	}
	c.Hours, c.MeetsTraining = d.Hours, d.MeetsTraining
	return c == d
}

// Pay is what somebody cost in a month.
type Pay struct {
	Salary    events.GBP `json:"monthlySalary"`
	Insurance events.GBP `json:"monthlyEmployersNI,omitzero"`
	Pension   events.GBP `json:"monthlyEmployersPension,omitzero"`
	Fees      events.GBP `json:"monthlyFees,omitzero"` // of a link worker's supplier
}

// Total is what they come to.
func (p Pay) Total() events.GBP { return p.Salary + p.Insurance + p.Pension + p.Fees }

// Area is where a role is paid by other maxima than elsewhere.
type Area string

const (
	Elsewhere   Area = ""
	OuterLondon Area = "OUTER_LONDON"
	InnerLondon Area = "INNER_LONDON"
)

// Line is a line of a claim, and what it comes to.
type Line struct {
	Claimed
	Days   int       `json:"days"`   // of the month for which they were employed
	Maxima []Ceiling `json:"maxima"` // each for some of those days
	// Limit is the most that the contract reimburses for these days and hours;
	// none where it is not known.
	Limit *events.GBP `json:"limit,omitempty"`
	// Reimbursable is the smaller of the share of the cost and the limit; none
	// where that is not known.
	Reimbursable *events.GBP `json:"reimbursable,omitempty"`
}

// Added is a line of an earlier claim as it comes out by today's maxima, with
// what the month has cost by now.
type Added struct {
	Claim int          `json:"claim"` // the number of the earlier one
	At    int          `json:"line"`  // its place in that, from 1
	Month events.Month `json:"month"`
	Was   events.GBP   `json:"was"` // what it was reimbursed so far, adjustments included
	Line  Line         `json:"now"`
	More  events.GBP   `json:"more"` // the difference, which alone is claimed
}

// Ceiling is a maximum for each WTE and year, share and all, that holds for some
// days of a month. It is 0 where it is not known.
type Ceiling struct {
	Maximum events.GBP `json:"maximum,omitzero"`
	Share   int        `json:"share"` // of the cost that is reimbursed, in per cent
	Days    int        `json:"days"`
	Entry   events.ID  `json:"entry,omitempty"` // the fact of the contract that says so
}

// FullTime is the hours a week of one WTE, in hundredths: 37.5.
const FullTime = 37_50

// Hundredths are hours in hundredths; false where there are finer parts.
func Hundredths(hours decimal.Decimal) (int, bool) {
	if hours.Trim(0).Scale() > 2 {
		return 0, false
	}
	whole, fraction, ok := hours.Int64(2)
	return int(whole*100 + fraction), ok
}

// Most is the most that the ceilings allow in a month for so many hours a week,
// rounded once for each; false where one is not known. Of a role that is filled
// for all of a year, the twelve months come to the year to the penny.
func Most(month events.Month, hours decimal.Decimal, all []Ceiling) (sum events.GBP, ok bool) {
	h, ok := Hundredths(hours)
	for _, c := range all {
		if c.Maximum == 0 {
			return 0, false
		}
		if k := month.InYear(); c.Days == month.Days() {
			sum += c.Maximum.Part(h*k, FullTime*12) - c.Maximum.Part(h*(k-1), FullTime*12)
			continue
		}
		sum += c.Maximum.Part(h*c.Days, FullTime*12*month.Days())
	}
	return sum, ok && len(all) > 0
}

// Reimbursed is what a month's cost is reimbursed: its share, and no more than
// the limit. Where the share changes within the month, each day has its own.
func Reimbursed(cost, limit events.GBP, all []Ceiling) events.GBP {
	days, parts := 0, 0
	for _, c := range all {
		days, parts = days+c.Days, parts+c.Days*c.Share
	}
	if days == 0 {
		return 0
	}
	return min(cost.Part(parts, days*100), limit)
}
