// Package contract names the facts of the yearly Network Contract: which streams
// of money it has, at which rates, what may be bought with them, which roles are
// reimbursed up to what, what it requires, and by which frameworks networks look
// at their own maturity; each with where it is known from, and how well.
//
// A contract is the history of one year, and a term a key in it. A term is said
// again when it changes: what was said before stays in the history. A rate or a
// role's maximum holds for a period, and where two periods meet the one said
// last holds, so that an uplift in August, backdated to April, is one fact.
package contract

import "github.com/ics-openbook/openbook/events"

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Of is the year whose contract it is a term of.
	Of() events.Year
	isContract()
}

// Family is every fact of the Network Contract.
var Family = events.NewFamily[Event](
	StreamListed{}, RateSet{}, UseStated{}, RoleSet{}, RoleLimited{}, RequirementSet{}, FrameworkSet{}, DescriptorStated{},
	FigureDisputed{}, TermWithdrawn{},
)

// Statement is a fact that says what a term is.
type Statement interface {
	Event
	// Term is the key of the term, which is unique in its year.
	Term() Key
	// Kind is what the term is of: it never changes.
	Kind() Kind
	// In is the days for which it is said; both zero where that is always.
	In() events.Period
	// Known is where it is known from, and how well.
	Known() Cited
}

// StreamListed says that the contract has a stream of money, or had it and has
// it no more. Its rates are facts of their own: a stream without one is owed.
type StreamListed struct {
	Year events.Year `json:"year"`
	FundingStream
}

// RateSet says what a stream is paid by. Several lines of one stream add up.
type RateSet struct {
	Year events.Year `json:"year"`
	Line
}

// UseStated says that something may, or may not, be bought with a stream.
type UseStated struct {
	Year events.Year `json:"year"`
	Use
}

// RoleSet says that a role is reimbursed, and up to what.
type RoleSet struct {
	Year events.Year `json:"year"`
	Role
}

// RoleLimited says how many posts of a role a network may claim for.
type RoleLimited struct {
	Year events.Year `json:"year"`
	Limit
}

// RequirementSet says what a specification requires. It is a fact of the year in
// which it begins, and holds until its last day, whichever year that is in.
type RequirementSet struct {
	Year events.Year `json:"year"`
	Requirement
}

// FrameworkSet says by which domains and levels networks may look at their own
// maturity. It is a fact of the year in which the framework begins, and holds
// until its last day, whichever year that is in.
type FrameworkSet struct {
	Year events.Year `json:"year"`
	Framework
}

// DescriptorStated says how a framework of the same year describes a domain at a
// level.
type DescriptorStated struct {
	Year events.Year `json:"year"`
	Descriptor
}

// FigureDisputed keeps what another source says of a term, and why that is not
// what is used.
type FigureDisputed struct {
	Year events.Year `json:"year"`
	Dispute
}

// TermWithdrawn takes a term back: it should never have been said, or not so.
type TermWithdrawn struct {
	Year   events.Year `json:"year"`
	Key    Key         `json:"key"`
	Reason string      `json:"reason"`
}

// EventType names the fact.
func (StreamListed) EventType() string { return "contract.stream_listed.v1" }

// EventType names the fact.
func (RateSet) EventType() string { return "contract.rate_set.v1" }

// EventType names the fact.
func (UseStated) EventType() string { return "contract.use_stated.v1" }

// EventType names the fact.
func (RoleSet) EventType() string { return "contract.role_set.v1" }

// EventType names the fact.
func (RoleLimited) EventType() string { return "contract.role_limited.v1" }

// EventType names the fact.
func (RequirementSet) EventType() string { return "contract.requirement_set.v1" }

// EventType names the fact.
func (FrameworkSet) EventType() string { return "contract.framework_set.v1" }

// EventType names the fact.
func (DescriptorStated) EventType() string { return "contract.descriptor_stated.v1" }

// EventType names the fact.
func (FigureDisputed) EventType() string { return "contract.figure_disputed.v1" }

// EventType names the fact.
func (TermWithdrawn) EventType() string { return "contract.term_withdrawn.v1" }

// Entities names whom the fact is about.
func (e StreamListed) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e RateSet) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e UseStated) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e RoleSet) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e RoleLimited) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e RequirementSet) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e FrameworkSet) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e DescriptorStated) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e FigureDisputed) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Entities names whom the fact is about.
func (e TermWithdrawn) Entities() []events.Entity { return []events.Entity{e.Year.Contract()} }

// Of is the year whose contract it is a term of.
func (e StreamListed) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e RateSet) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e UseStated) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e RoleSet) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e RoleLimited) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e RequirementSet) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e FrameworkSet) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e DescriptorStated) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e FigureDisputed) Of() events.Year { return e.Year }

// Of is the year whose contract it is a term of.
func (e TermWithdrawn) Of() events.Year { return e.Year }

// Kind is what the term is of.
func (StreamListed) Kind() Kind { return Streams }

// Kind is what the term is of.
func (RateSet) Kind() Kind { return Rates }

// Kind is what the term is of.
func (UseStated) Kind() Kind { return Uses }

// Kind is what the term is of.
func (RoleSet) Kind() Kind { return Roles }

// Kind is what the term is of.
func (RoleLimited) Kind() Kind { return Limits }

// Kind is what the term is of.
func (RequirementSet) Kind() Kind { return Requirements }

// Kind is what the term is of.
func (FrameworkSet) Kind() Kind { return Frameworks }

// Kind is what the term is of.
func (DescriptorStated) Kind() Kind { return Descriptors }

// Kind is what the term is of.
func (FigureDisputed) Kind() Kind { return Disputes }

// In is always: a stream is of a whole year.
func (StreamListed) In() events.Period { return events.Period{} }

// In is the days the rate is for.
func (e RateSet) In() events.Period { return e.Period }

// In is always: what may be bought is said of a whole year.
func (UseStated) In() events.Period { return events.Period{} }

// In is the days the maximum is for.
func (e RoleSet) In() events.Period { return e.Period }

// In is always: a limit is of a whole year.
func (RoleLimited) In() events.Period { return events.Period{} }

// In is always: what is said last of a requirement, its days too, is what holds.
func (RequirementSet) In() events.Period { return events.Period{} }

// In is always: what is said last of a framework, its days too, is what holds.
func (FrameworkSet) In() events.Period { return events.Period{} }

// In is always: a descriptor holds as long as its framework.
func (DescriptorStated) In() events.Period { return events.Period{} }

// In is always.
func (FigureDisputed) In() events.Period { return events.Period{} }

func (StreamListed) isContract()     {}
func (RateSet) isContract()          {}
func (UseStated) isContract()        {}
func (RoleSet) isContract()          {}
func (RoleLimited) isContract()      {}
func (RequirementSet) isContract()   {}
func (FrameworkSet) isContract()     {}
func (DescriptorStated) isContract() {}
func (FigureDisputed) isContract()   {}
func (TermWithdrawn) isContract()    {}
