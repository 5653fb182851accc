package model

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/duties"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// ChallengePayload is what came of an ask about a challenge.
type ChallengePayload struct {
	Done
	Challenge *Challenge
}

// Challenge is a challenge as it stands on a day.
type Challenge struct {
	Of      *challenged.Entry
	Today   events.Date
	Unknown *figure.Unknown
}

// Name is how people name it.
func (c *Challenge) Name() fact.ID { return c.Of.ID }

// Entity is how the book does.
func (c *Challenge) Entity() events.Entity { return c.Of.ID.Entity() }

// Challenger is whose it is.
func (c *Challenge) Challenger() events.Entity { return c.Of.ID.Challenger() }

// System is whose ledger it is about.
func (c *Challenge) System() events.ICB { return c.Of.Opened.System }

// Year is the ledger's.
func (c *Challenge) Year() events.Year { return c.Of.ID.Year() }

// Reference is what the challenger calls it.
func (c *Challenge) Reference() string { return c.Of.ID.Reference() }

// Entry is the entry that is challenged.
func (c *Challenge) Entry() *int { return unlessZero(c.Of.Opened.Entry) }

// MissingEntry is what should be in a ledger.
type MissingEntry struct {
	FundingStream string
	Amount        *events.GBP
}

// Missing is what should be in the ledger.
func (c *Challenge) Missing() *MissingEntry {
	if m := c.Of.Opened.Missing; m != nil {
		return &MissingEntry{m.Stream, unlessZero(m.Amount)}
	}
	return nil
}

// Words are the challenger's.
func (c *Challenge) Words() string { return c.Of.Opened.Words }

// OpenedOn is the day it was opened.
func (c *Challenge) OpenedOn() events.Date { return c.Of.Opened.On }

// OpenedBy is who opened it.
func (c *Challenge) OpenedBy() events.PersonRef { return c.Of.Opened.By }

// Status is how far it has come.
func (c *Challenge) Status() challenged.Status { return c.Of.Status() }

// AcknowledgeBy is the last day for that.
func (c *Challenge) AcknowledgeBy() events.Date { return c.Of.Opened.Due.Acknowledgement }

// AnswerBy is the last day for that.
func (c *Challenge) AnswerBy() events.Date { return c.Of.Opened.Due.Answer }

// ByDefault reports whether these days are the product's default.
func (c *Challenge) ByDefault() bool { return c.Of.Opened.Due.Default }

// Overdue is what the system is late with.
func (c *Challenge) Overdue() []fact.Step { return c.Of.LateNow(c.Today) }

// LetGoBy is what the book says it let go by.
func (c *Challenge) LetGoBy() []fact.Overdue { return c.Of.Overdue }

// ChallengeWord is something said of a challenge.
type ChallengeWord struct {
	On    events.Date
	By    events.PersonRef
	Words string
}

func word(h fact.Head, words string) *ChallengeWord { return &ChallengeWord{h.On, h.By, words} }

// Acknowledgement is that the system has read it.
func (c *Challenge) Acknowledgement() *ChallengeWord {
	if a := c.Of.Acknowledged; a != nil {
		return word(a.Head, a.Words)
	}
	return nil
}

// Answer is what the system makes of it.
func (c *Challenge) Answer() *fact.Answered { return c.Of.Answered }

// Acceptance is that the answer is accepted.
func (c *Challenge) Acceptance() *ChallengeWord {
	if a := c.Of.Accepted; a != nil {
		return word(a.Head, a.Words)
	}
	return nil
}

// Escalation is to whom it was taken.
func (c *Challenge) Escalation() *fact.Escalated { return c.Of.Escalated }

// Resolution is how that ended.
func (c *Challenge) Resolution() *ChallengeWord {
	if r := c.Of.Resolved; r != nil {
		return word(r.Head, r.Words)
	}
	return nil
}

// FundingPolicy is what a system undertakes.
type FundingPolicy struct{ policies.Policy }

// ByDefault reports whether the system has stated nothing.
func (p *FundingPolicy) ByDefault() bool { return p.Stated == nil }

// From is the day from which it has.
func (p *FundingPolicy) From() (from events.Date) {
	if p.Stated != nil {
		from = p.Stated.From
	}
	return from
}

// Source is who has decided it.
func (p *FundingPolicy) Source() *string {
	if p.Stated != nil {
		return &p.Stated.Source
	}
	return nil
}

// By is who has stated it.
func (p *FundingPolicy) By() *events.PersonRef {
	if p.Stated != nil {
		return &p.Stated.By
	}
	return nil
}

// SystemDuties is a system's record of a year; all but the policy is missing
// where it is not known.
type SystemDuties struct {
	Year             events.Year
	Policy           *FundingPolicy
	Payments         *duties.Payments
	Acknowledgements *duties.Words
	Answers          *duties.Words
	Kept             *duties.Kept
	Notices          *duties.Notices
	Unknown          *figure.Unknown
	All              []*Breach
}

// Duties makes a record of one that is known.
func Duties(year events.Year, d duties.Duties) *SystemDuties {
	s := &SystemDuties{
		Year: year, Policy: &FundingPolicy{d.Policy}, Payments: &d.Payments,
		Acknowledgements: &d.Acknowledgements, Answers: &d.Answers, Kept: &d.Kept, Notices: &d.Notices,
	}
	for _, b := range d.Breaches {
		s.All = append(s.All, &Breach{b})
	}
	return s
}

// Breach is one time that a system has not done as it undertook.
type Breach struct{ Of duties.Breach }

// Duty is what it had undertaken.
func (b *Breach) Duty() duties.Duty { return b.Of.Duty }

// Ledger is whose entry it is.
func (b *Breach) Ledger() events.Entity { return b.Of.Ledger.Entity() }

// Entry is the entry's number.
func (b *Breach) Entry() *int { return unlessZero(b.Of.Entry) }

// Challenge is the challenge.
func (b *Breach) Challenge() *fact.ID { return unlessZero(b.Of.Challenge) }

// Due is the last day in time.
func (b *Breach) Due() events.Date { return b.Of.Due }

// Done is when it was done.
func (b *Breach) Done() events.Date { return b.Of.Done }

// Days is how late.
func (b *Breach) Days() int { return b.Of.Days }

// Amount is what is not paid.
func (b *Breach) Amount() *events.GBP { return unlessZero(b.Of.Amount) }

func unlessZero[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
