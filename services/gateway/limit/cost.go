package limit

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Prices are what each field of a schema costs.
type Prices struct {
	fields map[*ast.FieldDefinition]price
}

// price is what a field costs: own, and then what one item costs, as many times
// as there are items.
type price struct {
	own   int
	items int
	paged bool // items are as many as `first` or `last` says
	past  bool // it may be asked about the past, by `asAt`
}

// What is worked out costs more than what is looked up, however little of it is
// shown.
const (
	ofAll    = 500   // a page: all that there is was looked through to cut it
	ofPast   = 1_000 // a moment of the past: the book is read on to it from the nearest that is kept
	ofSystem = 10    // a figure of a system: all that is in it was
	usual    = 10    // items of a list that nothing else is said of
)

// asAt is the argument that names a moment of the past.
const asAt = "asAt"

// special are the fields whose price does not follow from what they are. A few
// words that go round and round in the graph would cost more than anybody has,
// so a list costs its items: about as many as there are.
var special = map[string]price{
	"Query.systems": {own: 1, items: 36},
	"Query.sources": {own: 1, items: 50},
	"Query.entries": {own: 1, items: 1, paged: true},                            // looked up by index
	"Query.grounds": {own: 15_000, items: 1},                                    // histories, whole
	"Query.receipt": {own: 20, items: 1}, "Receipt.signed": {own: 20, items: 1}, // signed, and proven
	"SignedReceipt.signatures": {own: 1, items: 2}, "InclusionProof.hashes": {own: 1, items: 1}, // text

	"System.networkCount":  {own: ofSystem, items: 1},
	"System.practiceCount": {own: ofSystem, items: 1},
	"System.memberCount":   {own: ofSystem, items: 1},
	"System.patients":      {own: ofSystem, items: 1},

	"System.duties":         {own: ofAll, items: 1}, // the whole ledger is gone through
	"SystemDuties.breaches": {own: 1, items: 1, paged: true},

	"Challenge.overdue":           {own: 1, items: 2},
	"Challenge.letGoBy":           {own: 1, items: 2},
	"ChallengeAnswer.corrections": {own: 1, items: 2},
	"System.equity":               {own: ofAll, items: 1},
	"System.equityWhatIf":         {own: ofAll, items: 1},
	"Equity.networks":             {own: 1, items: 36},
	"EquityWhatIf.networks":       {own: 1, items: 36},
	"EquityWhatIf.kept":           {own: 1, items: 4},
	"EquitySlope.leftOut":         {own: 1, items: 4},
	"EquityBands.unknown":         {own: 1, items: 4},

	"Conflict.memberships":    {own: 1, items: 2},
	"Network.directors":       {own: 1, items: 2},
	"Network.deputies":        {own: 1, items: 2},
	"Network.representatives": {own: 1, items: 2},
	"Network.covers":          {own: 1, items: 2},
	"Director.name":           {own: 10, items: 1}, // unsealed, by another service
	"Deputy.name":             {own: 10, items: 1},
	"Mandate.name":            {own: 10, items: 1},
	"Practice.notices":        {own: 1, items: 2},
	"Practice.coveredBy":      {own: 1, items: 2},
	"LMC.places":              {own: 1, items: 2},

	"System.workforce":                {own: ofAll, items: 1},
	"Network.workforce":               {own: ofSystem, items: 1},
	"SystemWorkforce.networks":        {own: 1, items: 36},
	"SystemWorkforce.notSubmitted":    {own: 1, items: 36},
	"SystemWorkforce.roles":           {own: ofSystem, items: 20},
	"SystemWorkforce.postsByRole":     {own: ofSystem, items: 20},
	"SystemWorkforce.leavers":         {own: ofSystem, items: 1},
	"SystemWorkforce.turnover":        {own: ofSystem, items: 1},
	"SystemWorkforce.directorTimes":   {own: ofSystem, items: 1},
	"NetworkWorkforce.postsByRole":    {own: 1, items: 20},
	"SystemWorkforce.reconciliation":  {own: 1_000, items: 1},
	"NetworkWorkforce.reconciliation": {own: 50, items: 1},
	"NetworkWorkforce.mixes":          {own: 15_000, items: 1}, // up to a tenth of a second of one core
	"Reconciliation.differences":      {own: 1, items: 10},
	"Reconciliation.roles":            {own: 1, items: 12},
	"Reconciliation.outside":          {own: 1, items: 6},
	"SystemReconciliation.roles":      {own: 1, items: 20},
	"SystemReconciliation.outside":    {own: 1, items: 20},
	"SystemReconciliation.differing":  {own: 1, items: 36},
	"AccountCoverage.missing":         {own: 1, items: 9},
	"WorkforceDifference.sides":       {own: 1, items: 2},
	"RoleMixes.mixes":                 {own: 1, items: 3},
	"RoleMix.posts":                   {own: 1, items: 4},
	"RoleMix.undone":                  {own: 1, items: 4},
	"RoleMix.work":                    {own: 1, items: 12},
	"NetworkWorkforce.baseline":       {own: 1, items: 6},
	"Claim.lines":                     {own: 1, items: 25},
	"Claim.reasons":                   {own: 1, items: 2},
	"ClaimLine.sinceApproval":         {own: 5, items: 1},
	"ClaimLine.maxima":                {own: 1, items: 2},

	"System.funding":              {own: ofAll, items: 1},
	"Network.funding":             {own: ofSystem, items: 1},
	"Practice.funding":            {own: ofSystem, items: 1},
	"Query.entitlements":          {own: ofAll, items: 1},
	"NationalEntitlement.streams": {own: 1, items: 8},
	"SystemFunding.networks":      {own: 1, items: 36},
	"SystemFunding.streams":       {own: 1, items: 8},
	"Funding.streams":             {own: 1, items: 8},
	"Funding.practices":           {own: 1, items: 5},
	"Funding.counts":              {own: 1, items: 4},
	"Funding.changes":             {own: 1, items: 2},
	"StreamFunding.lines":         {own: 1, items: 2},
	"StreamFunding.purposes":      {own: 1, items: 2},
	"EntitlementLine.rates":       {own: 1, items: 2},
	"LedgerEntry.postings":        {own: 1, items: 2},
	"LedgerEntry.proposed":        {own: 1, items: 2},

	"Query.contracts":               {own: 1, items: 8},
	"Contract.roles":                {own: 1, items: 25},
	"Contract.requirements":         {own: 1, items: 50},
	"Contract.maturityFrameworks":   {own: 1, items: 2},
	"MaturityFramework.domains":     {own: 1, items: 5},
	"MaturityFramework.levels":      {own: 1, items: 4},
	"MaturityFramework.descriptors": {own: 1, items: 20},
	"MaturityFramework.disputes":    {own: 1, items: 2},
	"MaturityFramework.history":     {own: 1, items: 2},
	"MaturityDescriptor.disputes":   {own: 1, items: 2},
	"MaturityDescriptor.history":    {own: 1, items: 2},
	"FundingStream.lines":           {own: 1, items: 2},
	"FundingStream.uses":            {own: 1, items: 4},
	"FundingStream.disputes":        {own: 1, items: 2},
	"FundingStream.history":         {own: 1, items: 2},
	"RateLine.rates":                {own: 1, items: 2},
	"RateLine.disputes":             {own: 1, items: 2},
	"RateLine.history":              {own: 1, items: 3},
	"PermittedUse.history":          {own: 1, items: 2},
	"Ruling.uses":                   {own: 1, items: 2},
	"ReimbursedRole.maxima":         {own: 1, items: 2},
	"ReimbursedRole.limits":         {own: 1, items: 2},
	"ReimbursedRole.disputes":       {own: 1, items: 2},
	"ReimbursedRole.history":        {own: 1, items: 3},
	"Requirement.history":           {own: 1, items: 2},

	"System.positions":              {own: ofSystem, items: 1},
	"PositionMonth.missing":         {own: 1, items: 2},
	"PartnerPosition.owed":          {own: 1, items: 2},
	"PartnerPosition.controlTotals": {own: 1, items: 2},
	"PositionReport.history":        {own: 1, items: 2},
	"Network.costs":                 {own: ofSystem, items: 8},
	"SpecificationCost.lines":       {own: 1, items: 5},
	"SpecificationCost.withdrawn":   {own: 1, items: 2},
	"SpecificationCost.payments":    {own: 1, items: 2},
	"CostLine.history":              {own: 1, items: 2},

	"__Schema.directives": {own: 1, items: 5},
	"__Field.args":        {own: 1, items: 1}, // of a hundred types there are few with any
	"__Type.interfaces":   {own: 1, items: 1},
	"__Type.inputFields":  {own: 1, items: 5},
	"__Type.enumValues":   {own: 1, items: 1},
}

// PricesOf reads the prices off a schema. A list costs its items, and a
// connection as many as are asked for, without anybody having to say so.
func PricesOf(schema *ast.Schema) *Prices {
	p := &Prices{fields: map[*ast.FieldDefinition]price{}}
	for _, t := range schema.Types {
		if t.Kind == ast.Object {
			for _, f := range t.Fields {
				one := priceOf(schema, t, f)
				one.past = f.Arguments.ForName(asAt) != nil
				p.fields[f] = one
			}
		}
	}
	for _, t := range schema.Types {
		if t.Kind == ast.Interface {
			for _, f := range t.Fields { // as much as the dearest that it may turn out to be
				for _, of := range schema.GetPossibleTypes(t) {
					if one := p.fields[of.Fields.ForName(f.Name)]; one.own+one.items >= p.fields[f].own+p.fields[f].items {
						p.fields[f] = one
					}
				}
			}
		}
	}
	return p
}

func priceOf(schema *ast.Schema, t *ast.Definition, f *ast.FieldDefinition) price {
	paged := f.Arguments.ForName("first") != nil || f.Arguments.ForName("last") != nil
	switch known, is := special[t.Name+"."+f.Name]; {
	case is:
		return known
	case t.Name == "__Schema" && f.Name == "types":
		return price{own: 1, items: len(schema.Types)}
	case paged:
		return price{own: ofAll, items: 1, paged: true}
	case f.Type.Elem != nil && t.Fields.ForName("pageInfo") != nil:
		return price{own: 1, items: 1} // the field that leads to the connection has counted them
	case f.Type.Elem != nil && (f.Type.Name() == "Problem" || f.Type.Name() == "Proposal"):
		return price{own: 1, items: 2} // of an answer to one mutation
	case f.Type.Elem != nil && schema.Types[f.Type.Name()].IsCompositeType():
		return price{own: 1, items: usual}
	}
	return price{own: 1, items: 1}
}

// Of is what an operation costs with these variables: about as many fields as
// its answer has, and what it takes to work out some of them.
func (p *Prices) Of(op *ast.OperationDefinition, variables map[string]any) int {
	return p.set(op.SelectionSet, variables)
}

func (p *Prices) set(selections ast.SelectionSet, variables map[string]any) (sum int) {
	for _, selection := range selections {
		sum = plus(sum, p.selection(selection, variables))
	}
	return sum
}

func (p *Prices) selection(selection ast.Selection, variables map[string]any) int {
	switch s := selection.(type) {
	case *ast.Field:
		of, known := p.fields[s.Definition]
		if !known { // __typename, __schema and __type
			return plus(1, p.set(s.SelectionSet, variables))
		}
		if of.past && s.ArgumentMap(variables)[asAt] != nil {
			of.own += ofPast
		}
		if len(s.SelectionSet) == 0 {
			return of.own
		}
		items := of.items
		if of.paged {
			items = page(s, variables)
		}
		return plus(of.own, times(items, p.set(s.SelectionSet, variables)))
	case *ast.FragmentSpread:
		return p.set(s.Definition.SelectionSet, variables)
	case *ast.InlineFragment:
		return p.set(s.SelectionSet, variables)
	}
	return 0
}

// page is how many items a page may hold; one that is refused later costs as
// much as the longest. That a free document may have fewer is said by its cost,
// or else by its page.
func page(f *ast.Field, variables map[string]any) int {
	arguments := f.ArgumentMap(variables)
	for _, name := range [...]string{"first", "last"} {
		if n := whole(arguments[name]); n >= 1 && n <= Trusted.Page {
			return n
		}
	}
	return Free.Page
}

func whole(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case int64:
		return int(n)
	case json.Number:
		i, err := n.Int64()
		if err == nil {
			return int(i)
		}
	case string: // the value of a variable: gqlgen takes digits for a number
		i, err := strconv.Atoi(n)
		if err == nil {
			return i
		}
	}
	return 0
}

// Dearest names the three fields that cost most, each with what it costs: from
// every field of the operation, down to where the cost comes from.
func (p *Prices) Dearest(op *ast.OperationDefinition, variables map[string]any) string {
	var all []dear
	p.roots(op.SelectionSet, variables, &all)
	slices.SortStableFunc(all, func(a, b dear) int { return b.cost - a.cost })
	var named []string
	for _, d := range all[:min(len(all), 3)] {
		named = append(named, fmt.Sprintf("%s (%d)", strings.Join(d.path, "."), d.cost))
	}
	return strings.Join(named, ", ")
}

type dear struct {
	path []string
	cost int
}

func (p *Prices) roots(selections ast.SelectionSet, variables map[string]any, all *[]dear) {
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			*all = append(*all, dear{p.down(s, variables), p.selection(s, variables)})
		case *ast.FragmentSpread:
			p.roots(s.Definition.SelectionSet, variables, all)
		case *ast.InlineFragment:
			p.roots(s.SelectionSet, variables, all)
		}
	}
}

// down follows the dearest child as long as it makes most of its parent's cost.
func (p *Prices) down(f *ast.Field, variables map[string]any) []string {
	path := []string{f.Alias}
	for {
		var children []*ast.Field
		var sum, most int
		var next *ast.Field
		fields(f.SelectionSet, &children)
		for _, child := range children {
			cost := p.selection(child, variables)
			if sum = plus(sum, cost); cost > most {
				most, next = cost, child
			}
		}
		if next == nil || len(next.SelectionSet) == 0 || most < sum/2 {
			return path
		}
		path = append(path, next.Alias)
		f = next
	}
}

func fields(selections ast.SelectionSet, all *[]*ast.Field) {
	for _, selection := range selections {
		switch s := selection.(type) {
		case *ast.Field:
			*all = append(*all, s)
		case *ast.FragmentSpread:
			fields(s.Definition.SelectionSet, all)
		case *ast.InlineFragment:
			fields(s.SelectionSet, all)
		}
	}
}

// OfTable is what a list as a table costs, beside its cells.
func OfTable(past bool) int {
	if past {
		return ofAll + ofPast
	}
	return ofAll
}

// plus and times stay at the largest number instead of going beyond it.
func plus(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

func times(a, b int) int {
	if b > 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}
