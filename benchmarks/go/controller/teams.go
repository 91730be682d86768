package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
)

type team struct {
	Name          string   `json:"name"`
	CostCenter    string   `json:"costCenter"`
	Namespaces    []string `json:"namespaces"`
	DagPrefix     string   `json:"dagPrefix"`
	Users         []string `json:"users"`
	PriorityClass string   `json:"priorityClass"`
	Role          string   `json:"role"`
}

// teams by the prefix of their dags: one look for each underscore of a dag's name, however many
// teams there are.
type teams map[string]*team

func readTeams(path string) (teams, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var listed []*team
	if err := json.Unmarshal(content, &listed); err != nil {
		return nil, err
	}
	found := teams{}
	for _, each := range listed {
		found[each.DagPrefix] = each
	}
	return found, nil
}

func (t teams) of(dag, namespace, user string) *team {
	for end := strings.IndexByte(dag, '_'); end >= 0; {
		team := t[dag[:end+1]]
		if team != nil && slices.Contains(team.Namespaces, namespace) &&
			slices.Contains(team.Users, user) {
			return team
		}
		next := strings.IndexByte(dag[end+1:], '_')
		if next < 0 {
			return nil
		}
		end += next + 1
	}
	return nil
}
