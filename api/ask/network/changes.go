package network

import (
	"strconv"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// SucceedSystem asks to end a system in favour of one or several others, from
// their first day on: on 1 April 2026 42 boards became 36.
type SucceedSystem struct {
	ask.Given
	Code events.ICB   `json:"code"`
	By   []events.ICB `json:"by"`
	On   events.Date  `json:"on"`
}

// CloseNetwork asks to record a network's last day, which still counts.
type CloseNetwork struct {
	ask.Given
	Code    events.PCN  `json:"code"`
	LastDay events.Date `json:"lastDay"`
}

// ReopenNetwork asks to take a closure back, or to open the network again from
// a day.
type ReopenNetwork struct {
	ask.Given
	Code events.PCN  `json:"code"`
	From events.Date `json:"from,omitzero"` // none: it was never closed
}

// MoveNetwork asks to record that a network is in a system, and in a place of
// it where one is named, from a day on.
type MoveNetwork struct {
	ask.Given
	Code   events.PCN    `json:"code"`
	System events.ICB    `json:"system"`
	Place  network.Place `json:"place,omitempty"`
	From   events.Date   `json:"from"`
}

// MergeNetworks asks to end a network in favour of another, whose members its
// own are from a day on.
type MergeNetworks struct {
	ask.Given
	Network events.PCN  `json:"network"`
	Into    events.PCN  `json:"into"`
	On      events.Date `json:"on"`
}

// SplitNetwork asks to set practices off from a network into another, which is
// registered already, from a day on.
type SplitNetwork struct {
	ask.Given
	Network   events.PCN        `json:"network"`
	Into      events.PCN        `json:"into"`
	Practices []events.Practice `json:"practices"`
	On        events.Date       `json:"on"`
}

// ClosePractice asks to record a practice's last day, which still counts. An
// open membership ends with it.
type ClosePractice struct {
	ask.Given
	Code    events.Practice `json:"code"`
	LastDay events.Date     `json:"lastDay"`
}

// MovePractice asks to record that a practice is in a system from a day on.
type MovePractice struct {
	ask.Given
	Code   events.Practice `json:"code"`
	System events.ICB      `json:"system"`
	From   events.Date     `json:"from"`
}

// GiveNotice asks to record that a practice has given notice: to leave its
// network, or to opt out of the contract. Notice given later than the contract's
// own 30 April is recorded too: what follows from that is for local rules.
type GiveNotice struct {
	ask.Given
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	Notice   network.Notice  `json:"notice"`
	GivenOn  events.Date     `json:"givenOn"`
	LastDay  events.Date     `json:"lastDay"` // in the network
}

// WithdrawNotice asks to record that a practice has taken its notice back.
type WithdrawNotice struct {
	ask.Given
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	On       events.Date     `json:"on"`
}

// CoverPatients asks to record that a network looks after the patients of a
// practice outside every network, for a period.
type CoverPatients struct {
	ask.Given
	Practice events.Practice `json:"practice"`
	Network  events.PCN      `json:"network"`
	From     events.Date     `json:"from"`
	LastDay  events.Date     `json:"lastDay,omitzero"`
}

// RecordListSize asks to record how many patients a practice had on a day. What
// a person says corrects what any file has said, and no file corrects it.
type RecordListSize struct {
	ask.Given
	Practice events.Practice `json:"practice"`
	Basis    network.Basis   `json:"basis"`
	On       events.Date     `json:"on"`
	Patients int             `json:"patients"`
}

func (SucceedSystem) Subject() string  { return "ask.network.succeed_system" }
func (CloseNetwork) Subject() string   { return "ask.network.close_network" }
func (ReopenNetwork) Subject() string  { return "ask.network.reopen_network" }
func (MoveNetwork) Subject() string    { return "ask.network.move_network" }
func (MergeNetworks) Subject() string  { return "ask.network.merge_networks" }
func (SplitNetwork) Subject() string   { return "ask.network.split_network" }
func (ClosePractice) Subject() string  { return "ask.network.close_practice" }
func (MovePractice) Subject() string   { return "ask.network.move_practice" }
func (GiveNotice) Subject() string     { return "ask.network.give_notice" }
func (WithdrawNotice) Subject() string { return "ask.network.withdraw_notice" }
func (CoverPatients) Subject() string  { return "ask.network.cover_patients" }
func (RecordListSize) Subject() string { return "ask.network.record_list_size" }

func (a SucceedSystem) Stream() events.Stream  { return stream(a.Code.Entity()) }
func (a CloseNetwork) Stream() events.Stream   { return stream(a.Code.Entity()) }
func (a ReopenNetwork) Stream() events.Stream  { return stream(a.Code.Entity()) }
func (a MoveNetwork) Stream() events.Stream    { return stream(a.Code.Entity()) }
func (a MergeNetworks) Stream() events.Stream  { return stream(a.Network.Entity()) }
func (a SplitNetwork) Stream() events.Stream   { return stream(a.Network.Entity()) }
func (a ClosePractice) Stream() events.Stream  { return stream(a.Code.Entity()) }
func (a MovePractice) Stream() events.Stream   { return stream(a.Code.Entity()) }
func (a GiveNotice) Stream() events.Stream     { return stream(a.Practice.Entity()) }
func (a WithdrawNotice) Stream() events.Stream { return stream(a.Practice.Entity()) }
func (a CoverPatients) Stream() events.Stream  { return stream(a.Practice.Entity()) }
func (a RecordListSize) Stream() events.Stream { return stream(a.Practice.Entity()) }

// No system may end itself in favour of others. A notice is the business of the
// network that it is given to.
func (SucceedSystem) Concerns() events.Entity    { return ask.England }
func (a CloseNetwork) Concerns() events.Entity   { return a.Code.Entity() }
func (a ReopenNetwork) Concerns() events.Entity  { return a.Code.Entity() }
func (a MoveNetwork) Concerns() events.Entity    { return a.Code.Entity() }
func (a MergeNetworks) Concerns() events.Entity  { return a.Network.Entity() }
func (a SplitNetwork) Concerns() events.Entity   { return a.Network.Entity() }
func (a ClosePractice) Concerns() events.Entity  { return a.Code.Entity() }
func (a MovePractice) Concerns() events.Entity   { return a.Code.Entity() }
func (a GiveNotice) Concerns() events.Entity     { return a.Network.Entity() }
func (a WithdrawNotice) Concerns() events.Entity { return a.Network.Entity() }
func (a CoverPatients) Concerns() events.Entity  { return a.Network.Entity() }
func (a RecordListSize) Concerns() events.Entity { return a.Practice.Entity() }

func (a SucceedSystem) Problems() []ask.Problem {
	var f ask.Form
	system(&f, "code", a.Code)
	some(&f, "by", len(a.By))
	for i, by := range a.By {
		system(&f, "by."+strconv.Itoa(i), by)
	}
	once(&f, "by", a.By)
	f.Day("on", a.On)
	return f
}

func (a CloseNetwork) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "code", a.Code)
	f.Day("lastDay", a.LastDay)
	return f
}

func (a ReopenNetwork) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "code", a.Code)
	return f
}

func (a MoveNetwork) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "code", a.Code)
	system(&f, "system", a.System)
	if a.Place != "" {
		place(&f, "place", a.Place)
	}
	f.Day("from", a.From)
	return f
}

func (a MergeNetworks) Problems() []ask.Problem {
	var f ask.Form
	pcn(&f, "network", a.Network)
	pcn(&f, "into", a.Into)
	f.Day("on", a.On)
	return f
}

func (a SplitNetwork) Problems() []ask.Problem {
	f := ask.Form(MergeNetworks{Network: a.Network, Into: a.Into, On: a.On}.Problems())
	some(&f, "practices", len(a.Practices))
	for i, p := range a.Practices {
		practice(&f, "practices."+strconv.Itoa(i), p)
	}
	once(&f, "practices", a.Practices)
	return f
}

func (a ClosePractice) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "code", a.Code)
	f.Day("lastDay", a.LastDay)
	return f
}

func (a MovePractice) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "code", a.Code)
	system(&f, "system", a.System)
	f.Day("from", a.From)
	return f
}

func (a GiveNotice) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "practice", a.Practice)
	pcn(&f, "network", a.Network)
	if a.Notice != network.Leave && a.Notice != network.OptOut {
		f.Note("NOTICE_INVALID", "notice", "A practice gives notice to LEAVE its network, or to OPT_OUT of the contract.")
	}
	f.Day("givenOn", a.GivenOn)
	f.Day("lastDay", a.LastDay)
	f.Order("lastDay", events.Period{From: a.GivenOn, To: a.LastDay})
	return f
}

func (a WithdrawNotice) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "practice", a.Practice)
	pcn(&f, "network", a.Network)
	f.Day("on", a.On)
	return f
}

func (a CoverPatients) Problems() []ask.Problem {
	return Join{Practice: a.Practice, Network: a.Network, From: a.From, LastDay: a.LastDay}.Problems()
}

func (a RecordListSize) Problems() []ask.Problem {
	var f ask.Form
	practice(&f, "practice", a.Practice)
	ListSize{Basis: a.Basis, On: a.On, Patients: a.Patients}.problems(&f, func(field string) string { return field })
	return f
}

// some notes a list that is empty or too long.
func some(f *ask.Form, path string, n int) {
	if n == 0 {
		f.Note("LIST_EMPTY", path, "Name at least one.")
	}
	most(f, path, n)
}

// once notes what a list has twice.
func once[T comparable](f *ask.Form, path string, all []T) {
	seen := map[T]bool{}
	for i, one := range all {
		if seen[one] {
			f.Note("NAMED_TWICE", path+"."+strconv.Itoa(i), "%v is named twice. Name it once.", one)
			return
		}
		seen[one] = true
	}
}
