// Package ledger decides what may be entered into a system's ledger of a year.
// It is pure.
//
// Each fact is one entry, with its number, and each amount in it goes out of
// accounts and into others, for each stream and purpose apart. No account may be
// below zero but two, through which money comes into a ledger: England's
// [fact.StageSource], and, where an earlier ledger was carried in,
// [fact.StageTransit] under that ledger's name. There it stands against the same
// amount in the ledger it left, so that over all ledgers transit comes to
// nothing once everything has arrived.
//
// Both laws are looked at twice. A decision that would break one is refused, in
// words for whoever asked. A fact that breaks one should not exist: from there on
// the ledger is unsound, and nothing more is decided on it until the operator
// has found out why.
//
// "Asked twice, recorded once" needs a name for an act: two payments of £50 on a
// day are not one payment. That name is the reference that the entry has in its
// party's own books. The same reference again is the same act, whatever
// idempotency key it comes with, so that a file of payments can be read in twice;
// with other contents it is refused. A reference is free again once its entry has
// been reversed, or its request has not come to anything.
//
// Whoever requests does not approve, whatever their roles: payments, diversions,
// what takes an allocation back, and the reversal of any of these. Which of the
// two is the maker stands in the facts themselves.
//
// A year is closed in as many decisions as it takes: an append to the book has a
// size. What [fact.CarriedForward] begins, [fact.YearClosed] ends, and between the
// two there is nothing else. Whoever asks again goes on, and the service does by
// itself.
//
// A reversal is refused where a later entry rests on what it would undo: that
// one has to be reversed first. A reversal itself cannot be reversed; the act is
// entered again.
package ledger
