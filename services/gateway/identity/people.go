package identity

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
)

// Where the sample people work. No system, network or practice of England has
// these codes.
const (
	sampleSystem   events.Entity = "system-QZ1"
	sampleNetwork  events.Entity = "network-U99001"
	samplePractice events.Entity = "practice-Z99001"
)

// SamplePeople are invented, one for each part there is to play, so that the
// platform can be tried on one machine.
var SamplePeople = []Person{
	sample("steward", "Miriam Oakes", ask.Steward, ask.England),
	sample("finance", "Tariq Lindqvist", ask.Finance, sampleSystem),
	sample("commissioner", "Bronwen Achebe", ask.Commissioner, sampleSystem),
	sample("board", "Sir Alec Farrow", ask.Board, sampleSystem),
	sample("pcn", "Dr Nadia Whitlock", ask.PCN, sampleNetwork),
	sample("practice", "Owen Castellane", ask.Practice, samplePractice),
	sample("lmc", "Dr Priya Hollander", ask.LMC, sampleSystem),
	sample("auditor", "Grace Penhallow", ask.Auditor, sampleSystem),
}

func sample(who, name string, role ask.Role, of events.Entity) Person {
	return Person{Ref: events.PersonRef("person-sample-" + who), Name: name, Client: "openbook", Grants: []ask.Grant{{Role: role, Of: of}}}
}
