package importing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

const wantsMapping = "registrations need the mapping of practices to networks (gp-reg-pat-prac-map.csv) and, if you have them, the list sizes (gp-reg-pat-prac-quin-age.zip)"

// NHS England's «Patients Registered at a GP Practice»: the mapping of practices
// to networks, sub-ICB locations, systems and regions, and the list sizes. The
// mapping has no date since when a practice is where it is.
var (
	mapping = sheet.Layout{Name: "the mapping of practices to networks", Columns: []sheet.Column{
		{Key: "day", Headers: []string{"EXTRACT_DATE"}},
		{Key: "practice", Headers: []string{"PRACTICE_CODE"}},
		{Key: "name", Headers: []string{"PRACTICE_NAME"}},
		{Key: "network", Headers: []string{"PCN_CODE"}},
		{Key: "networkName", Headers: []string{"PCN_NAME"}},
		{Key: "subICB", Headers: []string{"SUB_ICB_LOCATION_CODE", "CCG_CODE"}},
		{Key: "subICBName", Headers: []string{"SUB_ICB_LOCATION_NAME", "CCG_NAME"}},
		{Key: "system", Headers: []string{"ICB_CODE"}},
		{Key: "systemName", Headers: []string{"ICB_NAME"}},
		{Key: "region", Headers: []string{"COMM_REGION_CODE"}},
		{Key: "supplier", Headers: []string{"SUPPLIER_NAME"}, Optional: true},
	}}
	ages = sheet.Layout{Name: "the list sizes by age", Columns: []sheet.Column{
		{Key: "day", Headers: []string{"EXTRACT_DATE"}},
		{Key: "kind", Headers: []string{"ORG_TYPE"}},
		{Key: "code", Headers: []string{"ORG_CODE"}},
		{Key: "sex", Headers: []string{"SEX"}},
		{Key: "age", Headers: []string{"AGE_GROUP_5"}},
		{Key: "patients", Headers: []string{"NUMBER_OF_PATIENTS"}},
	}}
	registrations = reader{
		called: "registrations", most: 2, layouts: []sheet.Layout{mapping, ages}, read: readRegistrations,
		wants: wantsMapping,
	}
)

func readRegistrations(o Options, files []*sheet.File, watch func()) (*reports, error) {
	var practices, sizes *sheet.File
	for _, f := range files {
		l, err := f.Recognise(mapping, ages)
		switch {
		case err != nil:
			return nil, err
		case l.Name == mapping.Name && practices == nil:
			practices = f
		case l.Name == ages.Name && sizes == nil:
			sizes = f
		default:
			return nil, fmt.Errorf("%w: %s is a second file of %s", ErrFiles, f.Name(), l.Name)
		}
	}
	if practices == nil {
		return nil, fmt.Errorf("%w: %s", ErrFiles, wantsMapping)
	}
	said := newReports()
	said.complete = true
	in := membersOf{}
	wrong := &WrongRows{}
	lines := map[events.Practice]int{}
	for row, err := range practices.Rows(mapping) {
		if err != nil {
			return nil, err
		}
		watch()
		if err := said.mapped(row, in, lines); err != nil {
			wrong.add(err)
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	in.locate(said)
	if sizes != nil {
		if err := said.sized(sizes, watch); err != nil {
			return nil, err
		}
	} else {
		said.notes = append(said.notes, "Without the list sizes (gp-reg-pat-prac-quin-age.zip) no patients are recorded.")
	}
	return said, nil
}

// mapped takes one practice from the mapping.
func (s *reports) mapped(r sheet.Row, in membersOf, lines map[events.Practice]int) error {
	day, err1 := dayOf(r, "day")
	code, err2 := practiceOf(r, "practice")
	name, err3 := nameOf(r, "name")
	system, err4 := systemOf(r, "system")
	systemName, err5 := nameOf(r, "systemName")
	sub, err6 := subICBOf(r, "subICB")
	subName, err7 := nameOf(r, "subICBName")
	if err := first(err1, err2, err3, err4, err5, err6, err7); err != nil {
		return err
	}
	if s.asAt.IsZero() {
		s.asAt = day
	}
	region := events.Region(r.Text("region"))
	switch {
	case day != s.asAt:
		return r.Problem("day", "It is of %s, and the rows before are of %s. One file describes one day.", day, s.asAt)
	case s.practices[code] != nil:
		return r.Problem("practice", "Practice %s is here twice: line %d has it too.", code, lines[code])
	case !region.Valid():
		return r.Problem("region", "%q is not the code of a region. It looks like Y59.", r.Text("region"))
	}
	lines[code] = r.Line()
	p := &network.ReportPractice{Code: code, Name: name, System: system, SubICB: sub, Now: &network.Now{}, Supplier: supplier(r.Text("supplier"))}
	s.practices[code] = p
	if s.systems[system] == nil {
		s.systems[system] = &network.ReportSystem{Code: system, Name: systemName, Region: region}
	}
	in.sub(s.systems[system], sub, subName)
	if r.Text("network") == unallocated {
		return nil
	}
	pcn, err := networkOf(r, "network")
	if err != nil {
		return err
	}
	pcnName, err := nameOf(r, "networkName")
	if err != nil {
		return err
	}
	p.Now.Network = pcn
	if s.networks[pcn] == nil {
		s.networks[pcn] = &network.ReportNetwork{Code: pcn, Name: pcnName}
	}
	in.count(pcn, system, sub)
	return nil
}

// unallocated is how the mapping writes that a practice is in no network.
const unallocated = "U"

// supplier is a clinical system's supplier, or nothing where the file says that
// it does not know.
func supplier(name string) string {
	if strings.EqualFold(name, "unknown") {
		return ""
	}
	return name
}

// membersOf counts where the practices of each network are: the mapping says
// where each practice is, and not where the network is.
type membersOf map[events.PCN]map[where]int

type where struct {
	system events.ICB
	sub    events.SubICB
}

func (m membersOf) count(pcn events.PCN, system events.ICB, sub events.SubICB) {
	if m[pcn] == nil {
		m[pcn] = map[where]int{}
	}
	m[pcn][where{system, sub}]++
}

func (membersOf) sub(in *network.ReportSystem, code events.SubICB, name string) {
	if !slices.ContainsFunc(in.SubICBs, func(s network.SubICB) bool { return s.Code == code }) {
		in.SubICBs = append(in.SubICBs, network.SubICB{Code: code, Name: name})
	}
}

// locate puts each network where most of its practices are, as ODS does; of
// equals, where the code comes first.
func (m membersOf) locate(said *reports) {
	for _, pcn := range slices.Sorted(maps.Keys(m)) {
		systems := map[events.ICB]int{}
		subs := map[events.SubICB]int{}
		for w, n := range m[pcn] {
			systems[w.system] += n
		}
		system := mostOf(systems)
		for w, n := range m[pcn] {
			if w.system == system {
				subs[w.sub] += n
			}
		}
		said.networks[pcn].System, said.networks[pcn].SubICB = system, mostOf(subs)
		if len(systems) > 1 {
			said.notes = append(said.notes, fmt.Sprintf("%s %s has practices in %s. It is taken to be in %s.",
				pcn, said.networks[pcn].Name, joined(slices.Sorted(maps.Keys(systems))), system))
		}
	}
}

func mostOf[K ~string](counts map[K]int) (most K) {
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] > counts[most] {
			most = k
		}
	}
	return most
}

func joined[S ~string](all []S) string {
	var texts []string
	for _, s := range all {
		texts = append(texts, string(s))
	}
	return strings.Join(texts, " and ")
}

// sized takes the list sizes of all ages and sexes, and holds them against the
// totals that the file has of the regions.
func (s *reports) sized(f *sheet.File, watch func()) error {
	wrong := &WrongRows{}
	practices, regions := 0, 0
	seen := map[events.Practice]int{}
	for r, err := range f.Rows(ages) {
		if err != nil {
			return err
		}
		watch()
		if r.Text("sex") != "ALL" || r.Text("age") != "ALL" {
			continue
		}
		n, err := r.Count("patients")
		if err != nil {
			wrong.add(err)
			continue
		}
		switch r.Text("kind") {
		case "GP":
			practices += n
			if err := s.list(r, n, seen); err != nil {
				wrong.add(err)
			}
		case "Comm Region":
			regions += n
		}
	}
	if regions > 0 && practices != regions && wrong.err() == nil {
		return fmt.Errorf("%s: its practices have %d patients, and its regions %d. Nothing was recorded. Download it again, or ask who published it", f.Name(), practices, regions)
	}
	for _, code := range slices.Sorted(maps.Keys(s.practices)) {
		if seen[code] == 0 && wrong.err() == nil {
			s.notes = append(s.notes, fmt.Sprintf("%s %s has no list size.", code, s.practices[code].Name))
		}
	}
	return wrong.err()
}

func (s *reports) list(r sheet.Row, patients int, seen map[events.Practice]int) error {
	day, err1 := dayOf(r, "day")
	code, err2 := practiceOf(r, "code")
	if err := first(err1, err2); err != nil {
		return err
	}
	p := s.practices[code]
	switch {
	case day != s.asAt:
		return r.Problem("day", "The list sizes are of %s, and the mapping is of %s. Import two files of one day.", day, s.asAt)
	case p == nil:
		return r.Problem("code", "Practice %s has a list size, and is not in the mapping. Import two files of one day.", code)
	case seen[code] > 0:
		return r.Problem("code", "Practice %s is here twice: line %d has it too.", code, seen[code])
	}
	seen[code] = r.Line()
	p.ListSizes = []network.ListSize{{Basis: fact.Registered, On: day, Patients: patients}}
	return nil
}
