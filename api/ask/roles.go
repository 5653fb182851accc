package ask

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// Role is what somebody is in the system.
type Role string

const (
	Steward        Role = "steward"
	PCN            Role = "pcn"
	Practice       Role = "practice"
	Finance        Role = "ics-finance"
	Commissioner   Role = "ics-commissioner"
	Board          Role = "ics-board"
	LMC            Role = "lmc"
	Auditor        Role = "auditor"
	Representative Role = "representative"
	Partner        Role = "partner"
	Peer           Role = "peer"
)

// Roles is every role.
var Roles = []Role{Steward, PCN, Practice, Finance, Commissioner, Board, LMC, Auditor, Representative, Partner, Peer}

// England is the organisation that every other belongs to.
const England events.Entity = "england"

// Grant is a role held for an organisation, such as "steward:system-QU9".
type Grant struct {
	Role Role          `json:"role"`
	Of   events.Entity `json:"of"`
}

func (g Grant) String() string { return string(g.Role) + ":" + string(g.Of) }

// ParseGrant reads what String wrote.
func ParseGrant(s string) (Grant, error) {
	role, of, two := strings.Cut(s, ":")
	g := Grant{Role(role), events.Entity(of)}
	if !two || of == "" || !slices.Contains(Roles, g.Role) {
		return Grant{}, fmt.Errorf("%q is not a role held for an organisation: write it as pcn:network-U12345", s)
	}
	return g, nil
}

// rules is who may ask what: deny by default. The gateway refuses by it before
// it asks, the service again before it decides. A test walks it with every role
// over every ask.
var rules = map[string][]Role{
	"ask.network.register_system":   {Steward},
	"ask.network.rename_system":     {Steward},
	"ask.network.register_place":    {Steward},
	"ask.network.rename_place":      {Steward},
	"ask.network.register_network":  {Steward},
	"ask.network.rename_network":    {Steward},
	"ask.network.register_practice": {Steward},
	"ask.network.rename_practice":   {Steward},
	"ask.network.join":              {Steward},
	"ask.network.leave":             {Steward},
	"ask.network.cite_source":       {Steward},
	"ask.network.complete_source":   {Steward},
	"ask.network.report_system":     {Steward},
	"ask.network.report_network":    {Steward},
	"ask.network.report_practice":   {Steward},

	"ask.network.succeed_system":         {Steward},
	"ask.network.record_lmc":             {Steward},
	"ask.network.mandate_representative": {Steward},
	"ask.network.end_mandate":            {Steward},
	"ask.network.close_network":          {Steward},
	"ask.network.reopen_network":         {Steward},
	"ask.network.move_network":           {Steward},
	"ask.network.merge_networks":         {Steward},
	"ask.network.split_network":          {Steward},
	"ask.network.close_practice":         {Steward},
	"ask.network.move_practice":          {Steward},
	"ask.network.cover_patients":         {Steward},
	"ask.network.record_list_size":       {Steward},

	// the Network Contract is national: a steward of all England states it
	"ask.contract.publish":          {Steward},
	"ask.contract.list_stream":      {Steward},
	"ask.contract.set_rate":         {Steward},
	"ask.contract.state_use":        {Steward},
	"ask.contract.set_role":         {Steward},
	"ask.contract.limit_role":       {Steward},
	"ask.contract.set_requirement":  {Steward},
	"ask.contract.set_framework":    {Steward},
	"ask.contract.state_descriptor": {Steward},
	"ask.contract.dispute_figure":   {Steward},
	"ask.contract.withdraw_term":    {Steward},

	// a network's own affairs
	"ask.network.give_notice":          {Steward, PCN},
	"ask.network.withdraw_notice":      {Steward, PCN},
	"ask.network.appoint_director":     {Steward, PCN},
	"ask.network.give_director_notice": {Steward, PCN},
	"ask.network.end_director":         {Steward, PCN},
	"ask.network.name_deputy":          {Steward, PCN},
	"ask.network.name_person":          {Steward, PCN},

	"ask.network.erase_person": {Steward},

	// a system's money
	"ask.funding.receive":           {Finance},
	"ask.funding.allocate":          {Finance},
	"ask.funding.hold":              {Finance},
	"ask.funding.release":           {Finance},
	"ask.funding.spend_on_behalf":   {Finance},
	"ask.funding.request_payment":   {Finance},
	"ask.funding.request_take_back": {Finance},
	"ask.funding.request_diversion": {Finance},
	"ask.funding.approve_request":   {Finance},
	"ask.funding.reject_request":    {Finance},
	"ask.funding.withdraw_request":  {Finance},
	"ask.funding.retain":            {Finance},
	"ask.funding.offer":             {Finance},
	"ask.funding.reallocate":        {Finance},
	"ask.funding.return":            {Finance},
	"ask.funding.move_to_successor": {Finance},
	"ask.funding.close_year":        {Finance},
	"ask.funding.carry_in":          {Finance},

	// a system's partners, and what they report of themselves
	"ask.funding.register_partner":  {Finance},
	"ask.funding.end_partner":       {Finance},
	"ask.funding.set_control_total": {Finance},
	"ask.funding.report_position":   {Partner},

	// what no registry counts
	"ask.entitlement.state_quantity": {Finance, Commissioner},

	// a network's or practice's own
	"ask.funding.confirm_receipt":       {PCN, Practice},
	"ask.funding.commit":                {PCN, Practice},
	"ask.funding.release_commitment":    {PCN, Practice},
	"ask.funding.spend":                 {PCN, Practice},
	"ask.funding.declare_underspend":    {PCN, Practice},
	"ask.funding.acknowledge_spending":  {PCN, Practice},
	"ask.funding.refuse_spending":       {PCN, Practice},
	"ask.funding.acknowledge_diversion": {PCN, Practice},
	"ask.funding.protest_diversion":     {PCN, Practice},
	"ask.funding.reverse":               {Finance},
	"ask.funding.reverse_own":           {PCN, Practice},

	// what it costs a network to do what the contract requires
	"ask.funding.state_cost":    {PCN},
	"ask.funding.withdraw_cost": {PCN},
	"ask.funding.state_payment": {PCN},

	// claims for a network's workforce, and the commissioner's word on them
	"ask.workforce.submit_claim":   {PCN},
	"ask.workforce.adjust_claims":  {PCN},
	"ask.workforce.withdraw_claim": {PCN},
	"ask.workforce.approve_claim":  {Commissioner},
	"ask.workforce.reject_claim":   {Commissioner},

	// who works for a network, and what it has returned of them nationally
	"ask.workforce.state_baseline":       {PCN, Commissioner},
	"ask.workforce.plan_post":            {PCN},
	"ask.workforce.change_post":          {PCN},
	"ask.workforce.advance_post":         {PCN},
	"ask.workforce.fill_post":            {PCN},
	"ask.workforce.vacate_post":          {PCN},
	"ask.workforce.withdraw_post":        {PCN},
	"ask.workforce.return_staff":         {Steward, PCN},
	"ask.workforce.report_director_time": {PCN},

	// challenges, and what a system undertakes
	"ask.funding.open_challenge":        {PCN, Practice},
	"ask.funding.acknowledge_challenge": {Finance},
	"ask.funding.answer_challenge":      {Finance},
	"ask.funding.accept_answer":         {PCN, Practice},
	"ask.funding.escalate_challenge":    {PCN, Practice},
	"ask.funding.resolve_challenge":     {PCN, Practice, Steward}, // a steward has nothing to gain by an end
	"ask.funding.set_policy":            {Finance, Steward},
}

// May returns the roles that may ask subject; none for a subject without a rule.
func May(subject string) []Role { return rules[subject] }

// Subjects returns every subject that has a rule, sorted.
func Subjects() []string {
	var all []string
	for subject := range rules {
		all = append(all, subject)
	}
	slices.Sort(all)
	return all
}

// Permits reports whether one of grants lets its holder ask subject about
// organisations: the one concerned and those it belongs to.
func Permits(grants []Grant, subject string, organisations ...events.Entity) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool {
		return slices.Contains(May(subject), g.Role) &&
			(g.Of == England || slices.Contains(organisations, g.Of))
	})
}
