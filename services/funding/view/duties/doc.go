// Package duties is a system's record of keeping its word in a year: how soon it
// paid, how soon it answered, how much it kept back, and what notice it gave. All
// of it follows from the ledger, the challenges and the policy of the system, and
// from the day it is looked at; nothing is stored.
//
// Money has no serial number, so one rule says which money goes: of each stream
// and purpose of a payee, the oldest goes first, whatever takes it. Money that is
// held, moved to a network's successor or carried into the next year keeps the
// day on which it was first allocated, and what a reversal gives back is as old as
// it was. A payment is as old as the oldest money in it.
//
// The days are those that entries count for, unless they were recorded later: to
// date an entry back makes no payment punctual, and nobody was promised what was
// written down later. Notice runs from the day an entry was recorded.
//
// A payment or an allocation that was reversed has not taken place, and does not
// count. A hold that was reversed has, for as long as it lasted: its notice
// counts.
//
// Each thing is held to the policy of the day it began: an allocation to that of
// its day, a challenge to that of the day it was opened, a change
// to that of the day it was recorded.
package duties
