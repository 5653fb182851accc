package reconcile

import (
	"strings"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// scheme is which role of the contract it is that the national collection calls
// so: every name of June 2026 that NHS England's list of 2026/27 has as a role of
// the scheme, but for those in [mentalHealth] and [gp].
//
// Nurses have a role of advanced practitioners to themselves since 2023/24
// (ncltraininghub.org), so that theirs is not among the others.
var scheme = map[string]contract.Key{
	"Advanced Dietician Practitioner":              "advanced-practitioner",
	"Advanced Nurse Practitioner":                  "advanced-clinical-practitioner-nurse",
	"Advanced Occupational Therapist Practitioner": "advanced-practitioner",
	"Advanced Paramedic Practitioner":              "advanced-practitioner",
	"Advanced Pharmacist Practitioner":             "advanced-practitioner",
	"Advanced Physiotherapist Practitioner":        "advanced-practitioner",
	"Advanced Podiatrist Practitioner":             "advanced-practitioner",
	"Apprentice - Physician Associate":             "apprentice-physician-associate",
	"Care Coordinator":                             "care-coordinator",
	"Dietician":                                    "dietitian",
	"Digital and Transformation Lead":              "digital-and-transformation-lead",
	"Enhanced Practice Nurse":                      "enhanced-practice-nurse",
	"General Practice Assistant":                   "general-practice-assistant",
	"Health and Wellbeing Coach":                   "health-and-wellbeing-coach",
	"Healthcare Support Worker":                    "healthcare-support-worker",
	"Nursing Associate":                            "nursing-associate",
	"Paramedic":                                    "paramedic",
	"Pharmacist":                                   "clinical-pharmacist",
	"Pharmacy Technician":                          "pharmacy-technician",
	"Physician Associate":                          "physician-associate",
	"Physiotherapist":                              "first-contact-physiotherapist",
	"Podiatrist":                                   "podiatrist",
	"Social Prescribing Link Worker":               "social-prescribing-link-worker",
	"Therapist- Occupational Therapist":            "occupational-therapist",
	"Trainee Nursing Associate":                    "trainee-nursing-associate",
}

const (
	// mentalHealth is how the collection marks whoever is a mental health
	// practitioner of the scheme, whatever their profession: it has two dozen names.
	mentalHealth = "(Mental Health Practitioner - "
	practitioner = contract.Key("mental-health-practitioner")
	// gp is how it calls a GP whom the network employs. Until 2025/26 the scheme was
	// for those who had qualified within two years alone; from then on it is for any.
	gp       = "Salaried By PCN"
	recently = contract.Key("general-practitioner-recently-qualified")
	anybody  = contract.Key("general-practitioner")
	anyFrom  = events.Year("2026/27")
)

// KeyOf is which role of a year's contract it is that the national collection
// calls so, in its detailed roles; false where it is not of the scheme.
func KeyOf(detailed string, year events.Year) (contract.Key, bool) {
	switch {
	case strings.Contains(detailed, mentalHealth):
		return practitioner, true
	case detailed == gp:
		return doctor(year), true
	}
	key, is := scheme[detailed]
	return key, is
}

func doctor(year events.Year) contract.Key {
	if year < anyFrom {
		return recently
	}
	return anybody
}

// collected reports whether the collection has a name for a role of a year.
func collected(key contract.Key, year events.Year) bool {
	if key == practitioner || key == doctor(year) {
		return true
	}
	for _, is := range scheme {
		if is == key {
			return true
		}
	}
	return false
}
