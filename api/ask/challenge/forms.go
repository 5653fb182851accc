package challenge

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/funding"
)

// Limits of what people type.
const (
	longWords       = 1000 // characters
	longName        = 200
	mostCorrections = 20
)

// Problems are what is wrong with the request by its form alone.
func (a OpenChallenge) Problems() []ask.Problem {
	var f ask.Form
	switch {
	case a.Network != "" && a.Practice != "":
		f.Note("PAYEE_INVALID", "practice", "Name a network or a practice, not both.")
	case a.Practice != "":
		f.Code("practice", a.Practice.Valid(), string(a.Practice), "practice", "A81001")
	default:
		f.Code("network", a.Network.Valid(), string(a.Network), "network", "U12345")
	}
	f.Code("system", a.System.Valid(), string(a.System), "system", "QZ1 or D4U1Y")
	f.Year("year", a.Year)
	if !challenge.ValidReference(a.Reference) {
		f.Note("REFERENCE_INVALID", "reference", "%q is not a reference for a challenge. It looks like C1: 1 to 20 letters, digits and hyphens, new for each of your challenges of the year.", ask.Clip(a.Reference))
	}
	switch {
	case a.Entry < 0, a.Entry == 0 && a.Missing == nil:
		f.Note("ENTRY_INVALID", "entry", "Name the entry that you challenge by its number, from 1, or say in `missing` what should be in the ledger.")
	case a.Entry > 0 && a.Missing != nil:
		f.Note("ENTRY_INVALID", "missing", "A challenge is against an entry or about a missing one, not both. Open two.")
	}
	if a.Missing != nil {
		a.Missing.check(&f)
	}
	f.Text("words", a.Words, longWords, ask.Required)
	return f
}

func (m MissingEntry) check(f *ask.Form) {
	if !funding.Stream(m.FundingStream).Valid() {
		f.Note("STREAM_INVALID", "missing.fundingStream", "%q is not the name of a funding stream. It looks like core: 1 to 60 letters, digits, hyphens, underscores and dots.", ask.Clip(m.FundingStream))
	}
	if m.Amount < 0 {
		f.Note("AMOUNT_INVALID", "missing.amount", "An amount is more than nothing: £%s is not. Leave it out where you do not know it.", m.Amount)
	}
}

func (a Step) form(needed bool) (f ask.Form) {
	if !a.Challenge.Valid() {
		f.Note("CHALLENGE_INVALID", "challenge", "%q is not the name of a challenge. It looks like U99001-2025-26-C1: the code of the network or practice, the year, and the reference.", ask.Clip(string(a.Challenge)))
	}
	f.Text("words", a.Words, longWords, needed)
	return f
}

func (a Owed) form(needed bool) ask.Form {
	f := a.Step.form(needed)
	f.Code("system", a.System.Valid(), string(a.System), "system", "QZ1 or D4U1Y")
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a AcknowledgeChallenge) Problems() []ask.Problem { return a.form(ask.Optional) }

// Problems are what is wrong with the request by its form alone.
func (a AnswerChallenge) Problems() []ask.Problem {
	f := a.form(ask.Required)
	switch a.Outcome {
	case challenge.Explained:
		if len(a.Corrections) > 0 {
			f.Note("CORRECTIONS_INVALID", "corrections", "An answer that only explains corrects nothing. Leave the corrections out, or answer UPHELD or AMENDED.")
		}
	case challenge.Upheld, challenge.Amended:
		a.corrections(&f)
	default:
		f.Note("OUTCOME_INVALID", "outcome", "%q is no outcome of a challenge. Write UPHELD, AMENDED or EXPLAINED.", ask.Clip(string(a.Outcome)))
	}
	return f
}

func (a AnswerChallenge) corrections(f *ask.Form) {
	if len(a.Corrections) > mostCorrections {
		f.Note("CORRECTIONS_INVALID", "corrections", "There are %d corrections; %d are the most. Name the first of them.", len(a.Corrections), mostCorrections)
		return
	}
	seen := map[challenge.Correction]bool{}
	for _, c := range a.Corrections {
		f.Year("corrections", c.Year)
		switch {
		case c.Entry < 1:
			f.Note("ENTRY_INVALID", "corrections", "The number of a correcting entry is missing. Entries of a ledger are numbered from 1.")
		case c.Year.Valid() && c.Year.First().Before(a.Challenge.Year().First()):
			f.Note("CORRECTIONS_INVALID", "corrections", "A correction is not in a ledger of %s, which is before the year of the challenge. Correct the year.", c.Year)
		case seen[c]:
			f.Note("NAMED_TWICE", "corrections", "Entry %d of %s is named twice. Name it once.", c.Entry, c.Year)
		}
		seen[c] = true
	}
}

// Problems are what is wrong with the request by its form alone.
func (a AcceptAnswer) Problems() []ask.Problem { return a.form(ask.Optional) }

// Problems are what is wrong with the request by its form alone.
func (a EscalateChallenge) Problems() []ask.Problem {
	f := a.form(ask.Required)
	f.Text("to", a.To, longName, ask.Required)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a ResolveChallenge) Problems() []ask.Problem { return a.form(ask.Required) }
