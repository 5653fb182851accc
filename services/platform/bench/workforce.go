package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/platform"
)

const (
	claiming      = `mutation Claim($input: SubmitClaimInput!) { submitClaim(input: $input) { receipt { id position } problems { code message path } } }`
	wholeOfClaims = `{ system(code: "QZ1") { workforce(year: "2025/26") { roles { role people { value } wte { value } } notSubmitted networks {
		network entitled { value } approved { value } waiting { value } remaining { value } projected { value } roles { role people { value } } } } } }`
	accounts = `{ system(code: "QZ1") { workforce(year: "2025/26") { postsByRole { role planned { value } filled { value } } turnover { value } reconciliation(month: "2025-06") {
		roles { role claimed { value } posts { value } returned { value } } claims { networks missing } returns { networks } differing { network differences } } } } }`
	linesOfClaim = 25
)

// workforce measures the claims of networks for a month, of 25 lines each, and
// reads what a system's networks have claimed.
func workforce(ctx context.Context, o Options) (all []Figure, err error) {
	h, err := openLedger(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if h.token, err = platform.Token(platform.Config{Data: o.Dir}, "steward", time.Hour); err != nil {
		return nil, err
	}
	if err := h.mutate("setRole", `{year:"2025/26",key:"care-coordinator",title:"Care coordinator",maximum:"33000.00",share:100,from:"2025-04-01",to:"2026-03-31",source:"bench",confidence:FOUND,idempotencyKey:"role",wait:VISIBLE}`); err != nil {
		return nil, err
	}
	if h.token, err = platform.Token(platform.Config{Data: o.Dir}, "pcn:england", time.Hour); err != nil {
		return nil, err
	}
	lines := make([]map[string]any, linesOfClaim)
	for i := range lines {
		lines[i] = map[string]any{
			"employee": fmt.Sprint("Role ", i+1), "role": "care-coordinator", "startedOn": "2024-09-01", "hoursWorkedPerWeek": "37.5",
			"monthlySalary": fmt.Sprintf("%d.50", 2000+i), "monthlyEmployersNI": "250.00", "monthlyEmployersPension": "400.00",
		}
	}
	took := make([]time.Duration, networksOfOne*12) // there are no more months
	var work errgroup.Group
	work.SetLimit(o.Clients)
	start, cpu := clock.System.Now(), used()
	for i := range took {
		month := time.Date(2025, time.April, 1, 0, 0, 0, 0, time.UTC).AddDate(0, i/networksOfOne, 0).Format("2006-01")
		work.Go(func() error {
			began := clock.System.Now()
			err := h.send(claiming, map[string]any{"input": map[string]any{
				"network": fmt.Sprintf("U%05d", i%networksOfOne), "month": month, "lines": lines, "idempotencyKey": fmt.Sprint("claim ", i), "wait": "RECORDED",
			}})
			took[i] = clock.System.Now().Sub(began)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	f := figure(took, clock.System.Now().Sub(start), "claims")
	f.each(used() - cpu)
	f.Name, f.What = "claims", "claims of 25 lines over HTTP, answered when recorded, of 80 networks"
	alone := o
	alone.Clients = 1
	reading := func(question, name, what string) (Figure, error) {
		f, err := load(ctx, alone, "answers", func(_, _ int) error {
			answer, err := h.post(question, nil)
			if err == nil && bytes.Contains(answer, []byte(`"errors"`)) {
				err = fmt.Errorf("%.500s", answer)
			}
			return err
		})
		f.Name, f.What = name, what
		return f, err
	}
	read, err1 := reading(wholeOfClaims, "workforce", "what the 80 networks of a system have claimed, with roles and projections, asked by one after another")
	err2 := staff(h, o)
	held, err3 := reading(accounts, "reconciliation", "the claims, posts and returns of the 80 networks for a month, held against each other, asked by one after another")
	return []Figure{f, read, held}, errors.Join(err1, err2, err3)
}

// staff records as many posts of each network as its claims have lines, with
// somebody in them, and a return.
func staff(h *house, o Options) error {
	var work errgroup.Group
	work.SetLimit(o.Clients)
	for n := range networksOfOne {
		network := fmt.Sprintf("U%05d", n)
		send := func(mutation, in string, more map[string]any) error {
			more["network"], more["wait"] = network, "RECORDED"
			return h.send(fmt.Sprintf(`mutation Staff($input: %s!) { %s(input: $input) { receipt { id position } problems { code message path } } }`, in, mutation), map[string]any{"input": more})
		}
		work.Go(func() error {
			for i := 1; i <= linesOfClaim; i++ {
				if err := errors.Join(
					send("planPost", "PlanPostInput", map[string]any{
						"role": "care-coordinator", "hoursPerWeek": "37.5", "purpose": "ADDITIONAL", "employer": "Lead Practice", "model": "LEAD_PRACTICE",
						"plannedFrom": "2025-04-01", "idempotencyKey": fmt.Sprint("plan ", n, " ", i),
					}),
					send("fillPost", "FillPostInput", map[string]any{
						"post": i, "employee": fmt.Sprint("Role ", i), "startsOn": "2025-04-01", "from": "HOSPITAL", "idempotencyKey": fmt.Sprint("fill ", n, " ", i),
					}),
				); err != nil {
					return err
				}
			}
			return send("returnStaff", "ReturnStaffInput", map[string]any{
				"month": "2025-06", "source": "bench", "idempotencyKey": fmt.Sprint("return ", n),
				"staff": []map[string]any{{"group": "Other Direct Patient Care staff", "role": "Care Coordinator", "records": linesOfClaim, "wte": "25"}},
			})
		})
	}
	return work.Wait()
}
