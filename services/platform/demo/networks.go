package demo

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

type net struct {
	code      events.PCN
	name      string
	place     fact.Place
	practices []practice
}

type practice struct {
	code                           events.Practice
	name, supplier                 string
	registered, adjusted, weighted int
}

// networks with the practices that are or were theirs. No network or practice
// of England has these codes.
var networks = []net{
	{"U99001", "Thorn Vale PCN", "NORTH", []practice{
		{"Z99001", "Mill Lane Surgery", "TPP", 9505, 10281, 9345},
		{"Z99002", "Thornbury Road Practice", "TPP", 17655, 17933, 17276},
		{"Z99003", "The Priory Medical Centre", "EMIS", 12513, 12067, 11684},
		{"Z99004", "Ashcombe Surgery", "EMIS", 8143, 7691, 8045},
	}},
	{"U99002", "Harrow Weald Road PCN", "NORTH", []practice{
		{"Z99005", "Orchard House Surgery", "EMIS", 6228, 6736, 6358},
		{"Z99006", "Weald Park Medical Practice", "EMIS", 5213, 5329, 5127},
		{"Z99007", "Dr Ellery and Partners", "EMIS", 4963, 5058, 4672},
		{"Z99008", "Northgate Surgery", "EMIS", 13058, 12390, 12658},
	}},
	{"U99003", "Kestrel PCN", "NORTH", []practice{
		{"Z99009", "Kestrel Way Medical Centre", "TPP", 7161, 6778, 7243},
		{"Z99010", "The Old Chapel Surgery", "TPP", 5796, 5898, 5391},
		{"Z99011", "Hartwell Practice", "EMIS", 7574, 7645, 7612},
		{"Z99012", "Bramley Green Surgery", "TPP", 11828, 12108, 11739},
	}},
	{"U99004", "Upper Lynn PCN", "NORTH", []practice{
		{"Z99013", "Lynn Bridge Medical Practice", "TPP", 17215, 16505, 17986},
		{"Z99014", "Riverbank Surgery", "EMIS", 9119, 9247, 9666},
		{"Z99015", "The Maltings Practice", "EMIS", 8917, 9162, 8308},
	}},
	{"U99005", "Four Bridges PCN", "NORTH", []practice{
		{"Z99016", "Four Bridges Medical Centre", "EMIS", 6902, 7255, 6518},
		{"Z99017", "Wharf Street Surgery", "EMIS", 4842, 5248, 4515},
		{"Z99018", "Swanmead Practice", "EMIS", 17128, 18328, 16618},
		{"Z99019", "Larkfield Surgery", "TPP", 13938, 14070, 14600},
	}},
	{"U99006", "Castle and Quay PCN", "CITY", []practice{
		{"Z99020", "Castle Street Health Centre", "EMIS", 5733, 6198, 5709},
		{"Z99021", "Quayside Medical Practice", "EMIS", 5194, 5438, 5036},
		{"Z99022", "Victoria Road Surgery", "EMIS", 15361, 16306, 14832},
		{"Z99023", "The Lanes Practice", "EMIS", 15155, 14936, 16223},
	}},
	{"U99007", "Foundry PCN", "CITY", []practice{
		{"Z99024", "Foundry Yard Medical Centre", "EMIS", 14209, 13481, 13206},
		{"Z99025", "Ironmonger Row Surgery", "EMIS", 6319, 6623, 6216},
		{"Z99026", "Station Road Practice", "EMIS", 12334, 11630, 12234},
		{"Z99027", "Parkside Surgery", "TPP", 6443, 6837, 6818},
	}},
	{"U99008", "St Aldhelm PCN", "CITY", []practice{
		{"Z99028", "St Aldhelm's Medical Centre", "EMIS", 11004, 11971, 11326},
		{"Z99029", "Cathedral Close Practice", "TPP", 7980, 7614, 7567},
		{"Z99030", "Bishop Street Surgery", "TPP", 8022, 7476, 8447},
	}},
	{"U99009", "Canalside PCN", "CITY", []practice{
		{"Z99031", "Canalside Health Centre", "EMIS", 8819, 8207, 8705},
		{"Z99032", "Lockkeeper's Surgery", "EMIS", 13478, 13222, 12670},
		{"Z99033", "Basin Street Practice", "EMIS", 14318, 14816, 14867},
		{"Z99034", "Albion Terrace Surgery", "EMIS", 16979, 18376, 17470},
	}},
	{"U99010", "Meadowgate PCN", "CITY", []practice{
		{"Z99035", "Meadowgate Surgery", "EMIS", 10721, 10655, 10041},
		{"Z99036", "Cornmarket Practice", "EMIS", 5219, 5013, 5624},
		{"Z99037", "Eastfield Medical Centre", "TPP", 6001, 5907, 5571},
	}},
	{"U99011", "Saltmarsh PCN", "COAST", []practice{
		{"Z99038", "Saltmarsh Medical Practice", "EMIS", 6678, 6784, 7158},
		{"Z99039", "The Anchorage Surgery", "TPP", 5352, 5726, 5450},
		{"Z99040", "Sandpiper Practice", "EMIS", 8332, 9023, 8468},
		{"Z99041", "Ferry Road Surgery", "EMIS", 6089, 6490, 6569},
	}},
	{"U99012", "Long Strand PCN", "COAST", []practice{
		{"Z99042", "Long Strand Medical Centre", "EMIS", 12127, 11883, 11436},
		{"Z99043", "Promenade Surgery", "TPP", 16329, 15878, 17188},
		{"Z99044", "Lighthouse Practice", "EMIS", 4578, 4408, 4909},
		{"Z99045", "Cliff Top Surgery", "EMIS", 15506, 15768, 14333},
	}},
	{"U99013", "Downs and Villages PCN", "COAST", []practice{
		{"Z99046", "Downs View Practice", "TPP", 14733, 15737, 15195},
		{"Z99047", "Chalk Hill Surgery", "TPP", 10208, 10977, 9972},
		{"Z99048", "Three Villages Medical Practice", "TPP", 13073, 13787, 12717},
	}},
	{"U99014", "Harbour PCN", "COAST", []practice{
		{"Z99049", "Harbour Medical Centre", "TPP", 17495, 18477, 18218},
		{"Z99050", "Fishergate Surgery", "TPP", 8122, 8617, 8434},
		{"Z99051", "Beacon Practice", "EMIS", 12680, 12792, 13149},
		{"Z99052", "Martello Surgery", "EMIS", 17145, 16711, 16484},
	}},
}
