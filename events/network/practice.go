package network

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
)

// PracticeEvent is a fact in the history of a practice.
//
//sumtype:decl
type PracticeEvent interface {
	Event
	isPractice()
}

var practiceFacts = []PracticeEvent{
	PracticeRegistered{}, PracticeRenamed{}, PracticeLocated{},
	PracticeClosed{}, PracticeReopened{}, Joined{},
	Left{}, Redated{}, NoticeGiven{},
	NoticeWithdrawn{}, Covered{}, ListSizeRecorded{},
	ContractMemberRecorded{}, ClinicalSystemRecorded{}, DeprivationRecorded{},
}

// Basis is how patients are counted. A figure on one basis never stands for one
// on another: adjusted and registered differ by a factor of 0.7 to 2.1.
type Basis string

const (
	Registered Basis = "REGISTERED" // the list as it is
	Adjusted   Basis = "ADJUSTED"   // PCN adjusted population
	Weighted   Basis = "WEIGHTED"   // contractor weighted, by the Carr-Hill formula
)

// Bases is every basis.
var Bases = [...]Basis{Registered, Adjusted, Weighted}

// Notice is what a practice has given notice of.
type Notice string

const (
	Leave  Notice = "LEAVE"   // of its network, for another or none
	OptOut Notice = "OPT_OUT" // of the Network Contract, by 30 April
)

// PracticeRegistered opens a practice's part of the book.
type PracticeRegistered struct {
	Practice events.Practice `json:"practice"`
	Name     string          `json:"name"`
	System   events.ICB      `json:"system,omitempty"` // unknown when empty
	SubICB   events.SubICB   `json:"subICB,omitempty"`
	Cited
}

// PracticeRenamed gives a practice another name; its code stays.
type PracticeRenamed struct {
	Practice events.Practice `json:"practice"`
	Name     string          `json:"name"`
	Cited
}

// PracticeLocated says in which system and sub-ICB location a practice is from a
// day on: another one than before, or one not known before.
type PracticeLocated struct {
	Practice events.Practice `json:"practice"`
	System   events.ICB      `json:"system,omitempty"`
	SubICB   events.SubICB   `json:"subICB,omitempty"`
	From     events.Date     `json:"from"`
	Dating
	Cited
}

// PracticeClosed ends a practice, and with it its membership. LastDay still
// counts. Where a source is cited, what it says is that the practice is no
// longer among those with registered patients.
type PracticeClosed struct {
	Practice events.Practice `json:"practice"`
	LastDay  events.Date     `json:"lastDay"`
	Dating
	Cited
}

// PracticeReopened says that a practice has patients again.
type PracticeReopened struct {
	Practice events.Practice `json:"practice"`
	From     events.Date     `json:"from"`
	Dating
	Cited
}

// Joined makes a practice a member of a network for a period. Its last day,
// where there is one, still counts. Dating is of the first day.
type Joined struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	events.Period
	Dating
	Cited
}

// Left ends a membership. LastDay still counts.
type Left struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	LastDay  events.Date     `json:"lastDay"`
	Dating
	Cited
}

// Redated corrects the days of a membership that was recorded as beginning on
// Was: the period is what is now known to be true.
type Redated struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	Was      events.Date     `json:"was"`
	events.Period
	Cited
}

// NoticeGiven says that a practice will leave its network, or opt out of the
// contract, after a last day.
type NoticeGiven struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	Notice   Notice          `json:"notice"`
	GivenOn  events.Date     `json:"givenOn"`
	LastDay  events.Date     `json:"lastDay"`
}

// NoticeWithdrawn takes a notice back.
type NoticeWithdrawn struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	On       events.Date     `json:"on"`
}

// Covered makes a network look after the patients of a practice outside every
// network, for a period. The same network again replaces what was said before.
type Covered struct {
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	events.Period
}

// ListSizeRecorded says how many patients a practice had on a day, counted in one
// of three ways. A later one for the same day corrects it.
type ListSizeRecorded struct {
	Practice events.Practice `json:"practice"`
	Basis    Basis           `json:"basis"`
	On       events.Date     `json:"on"` // the day it was frozen
	Patients int             `json:"patients"`
	Cited
}

// ContractMemberRecorded says for which network a practice counts in the
// contract year that begins after the day populations were frozen. It changes no
// membership: the registry may say otherwise. A later one for the same day
// corrects it.
type ContractMemberRecorded struct {
	Practice events.Practice `json:"practice"`
	On       events.Date     `json:"on"`                // the day populations were frozen
	Network  events.PCN      `json:"network,omitempty"` // none: it counts for no network
	System   events.ICB      `json:"system,omitempty"`  // of the network, as the source has it: also one that has ended, or that the book does not have
	Cited
}

// ClinicalSystemRecorded says whose clinical system a practice uses, as the source
// writes it: "EMIS", "TPP".
type ClinicalSystemRecorded struct {
	Practice events.Practice `json:"practice"`
	Supplier string          `json:"supplier"`
	Cited
}

// DeprivationRecorded says how deprived a practice's patients are by the Index of
// Multiple Deprivation of a year; higher is more deprived.
type DeprivationRecorded struct {
	Practice events.Practice `json:"practice"`
	Year     int             `json:"year"`
	Score    decimal.Decimal `json:"score"`
	Cited
}

// EventType names the fact.
func (PracticeRegistered) EventType() string { return "network.practice_registered.v1" }

// Entities names whom the fact is about.
func (e PracticeRegistered) Entities() []events.Entity {
	return inSystem(e.System, e.Practice.Entity())
}

// EventType names the fact.
func (PracticeRenamed) EventType() string { return "network.practice_renamed.v1" }

// Entities names whom the fact is about.
func (e PracticeRenamed) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity()}
}

// EventType names the fact.
func (PracticeLocated) EventType() string { return "network.practice_located.v1" }

// Entities names whom the fact is about.
func (e PracticeLocated) Entities() []events.Entity {
	return inSystem(e.System, e.Practice.Entity())
}

// EventType names the fact.
func (PracticeClosed) EventType() string { return "network.practice_closed.v1" }

// Entities names whom the fact is about.
func (e PracticeClosed) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity()}
}

// EventType names the fact.
func (PracticeReopened) EventType() string { return "network.practice_reopened.v1" }

// Entities names whom the fact is about.
func (e PracticeReopened) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity()}
}

// EventType names the fact.
func (Joined) EventType() string { return "network.joined.v1" }

// Entities names whom the fact is about.
func (e Joined) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (Left) EventType() string { return "network.left.v1" }

// Entities names whom the fact is about.
func (e Left) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (Redated) EventType() string { return "network.redated.v1" }

// Entities names whom the fact is about.
func (e Redated) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (NoticeGiven) EventType() string { return "network.notice_given.v1" }

// Entities names whom the fact is about.
func (e NoticeGiven) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (NoticeWithdrawn) EventType() string { return "network.notice_withdrawn.v1" }

// Entities names whom the fact is about.
func (e NoticeWithdrawn) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (Covered) EventType() string { return "network.covered.v1" }

// Entities names whom the fact is about.
func (e Covered) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (ListSizeRecorded) EventType() string { return "network.list_size_recorded.v1" }

// Entities names whom the fact is about.
func (e ListSizeRecorded) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity()}
}

// EventType names the fact.
func (ContractMemberRecorded) EventType() string {
	return "network.contract_member_recorded.v1"
}

// Entities names whom the fact is about.
func (e ContractMemberRecorded) Entities() []events.Entity {
	if e.Network == "" {
		return []events.Entity{e.Practice.Entity()}
	}
	return []events.Entity{e.Practice.Entity(), e.Network.Entity()}
}

// EventType names the fact.
func (ClinicalSystemRecorded) EventType() string { return "network.clinical_system_recorded.v1" }

// Entities names whom the fact is about.
func (e ClinicalSystemRecorded) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity()}
}

// EventType names the fact.
func (DeprivationRecorded) EventType() string { return "network.deprivation_recorded.v1" }

// Entities names whom the fact is about.
func (e DeprivationRecorded) Entities() []events.Entity {
	return []events.Entity{e.Practice.Entity()}
}

func (PracticeRegistered) isRegistry() {}
func (PracticeRegistered) isPractice() {}

func (PracticeRenamed) isRegistry() {}
func (PracticeRenamed) isPractice() {}

func (PracticeLocated) isRegistry() {}
func (PracticeLocated) isPractice() {}

func (PracticeClosed) isRegistry() {}
func (PracticeClosed) isPractice() {}

func (PracticeReopened) isRegistry() {}
func (PracticeReopened) isPractice() {}

func (Joined) isRegistry() {}
func (Joined) isPractice() {}

func (Left) isRegistry() {}
func (Left) isPractice() {}

func (Redated) isRegistry() {}
func (Redated) isPractice() {}

func (NoticeGiven) isRegistry() {}
func (NoticeGiven) isPractice() {}

func (NoticeWithdrawn) isRegistry() {}
func (NoticeWithdrawn) isPractice() {}

func (Covered) isRegistry() {}
func (Covered) isPractice() {}

func (ListSizeRecorded) isRegistry() {}
func (ListSizeRecorded) isPractice() {}

func (ContractMemberRecorded) isRegistry() {}
func (ContractMemberRecorded) isPractice() {}

func (ClinicalSystemRecorded) isRegistry() {}
func (ClinicalSystemRecorded) isPractice() {}

func (DeprivationRecorded) isRegistry() {}
func (DeprivationRecorded) isPractice() {}
