package challenge_test

import (
	"testing"

	ask "github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	undertaken "github.com/ics-openbook/openbook/events/policy"
	"github.com/ics-openbook/openbook/services/funding/challenge"
)

func TestOpening(t *testing.T) {
	open := func(k challenge.Known, change ...func(*ask.OpenChallenge)) when {
		return do(challenge.Open, k, asks(change...))
	}
	entry := func(n int) func(*ask.OpenChallenge) { return func(a *ask.OpenChallenge) { a.Entry = n } }
	lacks := func(amount events.GBP) func(*ask.OpenChallenge) {
		return func(a *ask.OpenChallenge) {
			a.Entry, a.Missing = 0, &ask.MissingEntry{FundingStream: "casp", Amount: amount}
		}
	}
	by := func(n events.PCN, p events.Practice) func(*ask.OpenChallenge) {
		return func(a *ask.OpenChallenge) { a.Network, a.Practice = n, p }
	}
	system := func(s events.ICB) func(*ask.OpenChallenge) { return func(a *ask.OpenChallenge) { a.System = s } }
	named := func(r string) func(*ask.OpenChallenge) { return func(a *ask.OpenChallenge) { a.Reference = r } }
	of := func(id fact.ID, change func(*fact.Opened)) facts {
		e := opened
		e.Challenge = id
		change(&e)
		return facts{e}
	}
	now := known(t, 0)
	missing := opened
	missing.Entry, missing.Missing = 0, &fact.Missing{Stream: "casp", Amount: 100}
	check(t, []test{
		{Name: "an entry about the network", When: open(now), Then: facts{opened}},
		{Name: "by a policy of the system's own", When: open(undertakes(t, now, undertaken.Days{Acknowledge: 2, Answer: 10})), Then: of(c1, func(e *fact.Opened) {
			e.Due = fact.Due{Acknowledgement: july.AddDays(2), Answer: july.AddDays(10)}
		})},
		{Name: "an entry about the system's pot", When: open(now, entry(1)), Then: of(c1, func(e *fact.Opened) { e.Entry = 1 })},
		{Name: "an entry about a practice, by itself", When: open(now, by("", "Z99001"), entry(4)), Then: of("Z99001-2025-26-C1", func(e *fact.Opened) { e.Entry = 4 })},
		{Name: "an entry of a system that one has left", When: open(now, by("U99005", ""), entry(5)), Then: of("U99005-2025-26-C1", func(e *fact.Opened) { e.Entry = 5 })},
		{Name: "the pot of a system that one has left", When: open(now, by("U99005", ""), entry(1)), Then: of("U99005-2025-26-C1", func(e *fact.Opened) { e.Entry = 1 })},
		{Name: "the pot of a system that has gone", When: open(now, system("QZ3"), entry(1)), Then: of(c1, func(e *fact.Opened) { e.System, e.Entry = "QZ3", 1 })},
		{Name: "an entry of another network", When: open(now, entry(3)), Refused: challenge.ErrOthersEntry},
		{Name: "an entry of a practice, by the network", When: open(now, entry(4)), Refused: challenge.ErrOthersEntry},
		{Name: "an entry that is not there", When: open(now, entry(7)), Refused: challenge.ErrEntryUnknown},
		{Name: "an entry of a ledger that is not there", When: open(now, system("QZ2"), entry(1)), Refused: challenge.ErrEntryUnknown},
		{Name: "one that is missing", When: open(now, lacks(100)), Then: facts{missing}},
		{Name: "one that is missing, nobody knows how much", When: open(now, lacks(0)), Then: of(c1, func(e *fact.Opened) { e.Entry, e.Missing = 0, &fact.Missing{Stream: "casp"} })},
		{Name: "one that is missing in another system", When: open(now, system("QZ2"), lacks(100)), Refused: challenge.ErrElsewhere},
		{Name: "the same again, later", Given: facts{opened}, When: open(with(t, known(t, 3), opened)), Then: nil},
		{Name: "the same again, once closed", Given: facts{opened, acknowledged, answered, accepted}, When: open(now), Then: nil},
		{Name: "another entry by that reference", Given: facts{opened}, When: open(now, entry(2)), Refused: challenge.ErrReferenceUsed},
		{Name: "other words by that reference", Given: facts{opened}, When: open(now, func(a *ask.OpenChallenge) { a.Words = "Nobody asked." }), Refused: challenge.ErrReferenceUsed},
		{Name: "another system by that reference", Given: facts{opened}, When: open(now, system("QZ3")), Refused: challenge.ErrReferenceUsed},
		{Name: "another amount by that reference", Given: facts{missing}, When: open(now, lacks(101)), Refused: challenge.ErrReferenceUsed},
		{Name: "what is challenged by another reference", When: open(with(t, now, opened), named("C2")), Refused: challenge.ErrChallenged},
		{Name: "what is missing by another reference", When: open(with(t, now, missing), lacks(100), named("C2")), Refused: challenge.ErrChallenged},
		{Name: "another entry by another reference", When: open(with(t, now, opened), entry(2), named("C2")), Then: of("U99001-2025-26-C2", func(e *fact.Opened) { e.Entry = 2 })},
		{
			Name: "the same entry anew, once that is closed", When: open(with(t, now, opened, answered, accepted), named("C2")),
			Then: of("U99001-2025-26-C2", func(*fact.Opened) {}),
		},
	})
}

func TestAcknowledging(t *testing.T) {
	ack := func(after int, a ask.Owed) when {
		return do(challenge.Acknowledge, known(t, after), ask.AcknowledgeChallenge{Owed: a})
	}
	gone := opened
	gone.System = "QZ3"
	heads := head(7)
	heads.System = "QZ3"
	check(t, []test{
		{Name: "in time", Given: facts{opened}, When: ack(7, owed("QZ1", "Read.")), Then: facts{acknowledged}},
		{Name: "late is better than never", Given: facts{opened}, When: ack(9, owed("QZ1", "Read.")), Then: facts{fact.Acknowledged{Head: head(9), Words: "Read."}}},
		{Name: "in the place of a system that has gone", Given: facts{gone}, When: ack(7, owed("QZ1", "Read.")), Then: facts{fact.Acknowledged{Head: heads, Words: "Read."}}},
		{Name: "the same again", Given: facts{opened, acknowledged}, When: ack(8, owed("QZ1", "Read."))},
		{Name: "twice", Given: facts{opened, acknowledged}, When: ack(8, owed("QZ1", "Read it.")), Refused: challenge.ErrAcknowledged},
		{Name: "after the answer", Given: facts{opened, answered}, When: ack(21, owed("QZ1", "Read.")), Refused: challenge.ErrAnswered},
		{Name: "once closed", Given: facts{opened, answered, accepted}, When: ack(23, owed("QZ1", "Read.")), Refused: challenge.ErrClosed},
		{Name: "by another system", Given: facts{opened}, When: ack(7, owed("QZ2", "Read.")), Refused: challenge.ErrOtherSystem},
		{Name: "what nobody has opened", When: ack(7, owed("QZ1", "Read.")), Refused: challenge.ErrUnknown},
	})
}

func TestAnswering(t *testing.T) {
	says := func(after int, a ask.AnswerChallenge) when { return do(challenge.Answer, known(t, after), a) }
	explained := ask.AnswerChallenge{Owed: owed("QZ1", "We told you in May."), Outcome: fact.Explained}
	upheld := func(all ...fact.Correction) ask.AnswerChallenge {
		return ask.AnswerChallenge{Owed: owed("QZ1", "You are right."), Outcome: fact.Upheld, Corrections: all}
	}
	two := opened
	two.Entry = 2
	right := []fact.Correction{{Year: "2025/26", Entry: 6}}
	check(t, []test{
		{Name: "once acknowledged", Given: facts{opened, acknowledged}, When: says(20, explained), Then: facts{answered}},
		{Name: "at once", Given: facts{opened}, When: says(20, explained), Then: facts{answered}},
		{Name: "after it was escalated for silence", Given: facts{opened, escalated}, When: says(20, explained), Then: facts{answered}},
		{Name: "upheld, corrected", Given: facts{two}, When: says(20, upheld(right...)), Then: facts{fact.Answered{Head: head(20), Outcome: fact.Upheld, Words: "You are right.", Corrections: right}}},
		{Name: "upheld, not corrected yet", Given: facts{two}, When: says(20, upheld()), Then: facts{fact.Answered{Head: head(20), Outcome: fact.Upheld, Words: "You are right."}}},
		{Name: "corrected by what is not there", Given: facts{two}, When: says(20, upheld(fact.Correction{Year: "2025/26", Entry: 7})), Refused: challenge.ErrEntryUnknown},
		{Name: "corrected in a ledger that is not there", Given: facts{two}, When: says(20, upheld(fact.Correction{Year: "2026/27", Entry: 1})), Refused: challenge.ErrEntryUnknown},
		{Name: "corrected by what was there before", Given: facts{opened}, When: says(20, upheld(fact.Correction{Year: "2025/26", Entry: 5})), Refused: challenge.ErrCorrectionEarlier},
		{Name: "corrected by itself", Given: facts{opened}, When: says(20, upheld(right...)), Refused: challenge.ErrCorrectionEarlier},
		{Name: "the same again", Given: facts{opened, answered}, When: says(21, explained)},
		{Name: "otherwise", Given: facts{opened, answered}, When: says(21, upheld()), Refused: challenge.ErrAnswered},
		{Name: "once accepted", Given: facts{opened, answered, accepted}, When: says(23, upheld()), Refused: challenge.ErrClosed},
		{Name: "once resolved", Given: facts{opened, escalated, resolved}, When: says(41, explained), Refused: challenge.ErrClosed},
		{Name: "by another system", Given: facts{opened}, When: says(20, ask.AnswerChallenge{Owed: owed("QZ2", "No."), Outcome: fact.Explained}), Refused: challenge.ErrOtherSystem},
		{Name: "what nobody has opened", When: says(20, explained), Refused: challenge.ErrUnknown},
	})
}

func TestClosing(t *testing.T) {
	accept := func(words string) when { return do(challenge.Accept, known(t, 22), ask.AcceptAnswer{Own: own(words)}) }
	escalate := func(after int, to string) when {
		return do(challenge.Escalate, known(t, after), ask.EscalateChallenge{Own: own("You did not."), To: to})
	}
	resolve := func(words string) when {
		return do(challenge.Resolve, known(t, 40), ask.ResolveChallenge{Own: own(words)})
	}
	silent := func(after int) facts {
		e := escalated
		e.On = july.AddDays(after)
		return facts{e}
	}
	check(t, []test{
		{Name: "the answer is accepted", Given: facts{opened, answered}, When: accept("Fine."), Then: facts{accepted}},
		{Name: "a late answer is accepted, after it was escalated", Given: facts{opened, escalated, answered}, When: accept("Fine."), Then: facts{accepted}},
		{Name: "accepted again", Given: facts{opened, answered, accepted}, When: accept("Fine.")},
		{Name: "accepted in other words", Given: facts{opened, answered, accepted}, When: accept("Well."), Refused: challenge.ErrClosed},
		{Name: "nothing to accept", Given: facts{opened, acknowledged}, When: accept("Fine."), Refused: challenge.ErrNotAnswered},
		{Name: "nobody's accepted", When: accept("Fine."), Refused: challenge.ErrUnknown},

		{Name: "the answer is escalated", Given: facts{opened, answered}, When: escalate(22, "NHS England"), Then: facts{escalated}},
		{Name: "silence on the last day", Given: facts{opened}, When: escalate(7, "NHS England"), Refused: challenge.ErrInTime},
		{Name: "silence on the day after", Given: facts{opened}, When: escalate(8, "NHS England"), Then: silent(8)},
		{Name: "acknowledged, on the last day", Given: facts{opened, acknowledged}, When: escalate(28, "NHS England"), Refused: challenge.ErrInTime},
		{Name: "acknowledged and no more", Given: facts{opened, acknowledged}, When: escalate(29, "NHS England"), Then: silent(29)},
		{Name: "escalated again", Given: facts{opened, answered, escalated}, When: escalate(23, "NHS England")},
		{Name: "escalated elsewhere", Given: facts{opened, answered, escalated}, When: escalate(23, "the press"), Refused: challenge.ErrEscalated},
		{Name: "escalated once closed", Given: facts{opened, answered, accepted}, When: escalate(23, "NHS England"), Refused: challenge.ErrClosed},
		{Name: "nobody's escalated", When: escalate(22, "NHS England"), Refused: challenge.ErrUnknown},

		{Name: "resolved", Given: facts{opened, answered, escalated}, When: resolve("They did not."), Then: facts{resolved}},
		{Name: "resolved again", Given: facts{opened, answered, escalated, resolved}, When: resolve("They did not.")},
		{Name: "resolved otherwise", Given: facts{opened, answered, escalated, resolved}, When: resolve("They did."), Refused: challenge.ErrClosed},
		{Name: "resolved without being escalated", Given: facts{opened, answered}, When: resolve("They did not."), Refused: challenge.ErrNotEscalated},
		{Name: "nobody's resolved", When: resolve("They did not."), Refused: challenge.ErrUnknown},
	})
}

// Silence is noted once, from the day after the last, however often it is looked
// for.
func TestLettingGoBy(t *testing.T) {
	note := func(after int, step fact.Step) when {
		return func(s challenge.State) ([]fact.Event, error) { return challenge.LetGoBy(s, july.AddDays(after), step) }
	}
	over := func(after int, step fact.Step) fact.Overdue {
		h := head(after)
		h.By = ""
		return fact.Overdue{Head: h, Step: step, Due: due.Of(step)}
	}
	first := over(8, fact.Acknowledgement)
	check(t, []test{
		{Name: "not on the last day", Given: facts{opened}, When: note(7, fact.Acknowledgement)},
		{Name: "on the day after", Given: facts{opened}, When: note(8, fact.Acknowledgement), Then: facts{first}},
		{Name: "not twice", Given: facts{opened, first}, When: note(9, fact.Acknowledgement)},
		{Name: "not what was acknowledged", Given: facts{opened, acknowledged}, When: note(8, fact.Acknowledgement)},
		{Name: "nor what was answered", Given: facts{opened, answered}, When: note(40, fact.Acknowledgement)},
		{Name: "not the answer on its last day", Given: facts{opened, first}, When: note(28, fact.Answer)},
		{Name: "the answer too", Given: facts{opened, first}, When: note(29, fact.Answer), Then: facts{over(29, fact.Answer)}},
		{Name: "though it was escalated", Given: facts{opened, first, escalated}, When: note(29, fact.Answer), Then: facts{over(29, fact.Answer)}},
		{Name: "not once closed", Given: facts{opened, first, escalated, resolved}, When: note(50, fact.Answer)},
		{Name: "not what nobody has opened", When: note(50, fact.Answer)},
	})
}
