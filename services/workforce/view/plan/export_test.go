package plan

// Within is Best in fewer steps.
var Within = within

// Steps is how many steps Best takes, ErrTooLarge or not.
func Steps(g Given, n int) int {
	s := begin(g, n)
	s.steps = maxSteps
	s.visit(0, 0, 0)
	return maxSteps - s.steps
}
