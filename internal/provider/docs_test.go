// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// The guide has a heading for each summary of an error or a warning in this package, and no other
// headings of that level.
func TestDocs_troubleshooting(t *testing.T) {
	t.Parallel()
	var headings []string
	for heading := range markdownHeadings(t, "templates/guides/troubleshooting.md.tmpl") {
		if text, found := strings.CutPrefix(heading, "### "); found {
			headings = append(headings, text)
		}
	}
	summaries := diagnosticSummaries(t)
	explained := map[string]bool{}
	for _, summary := range summaries {
		pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(summary), variablePart, ".+") + "$")
		found := false
		for _, heading := range headings {
			if heading == summary || !slices.Contains(summaries, heading) && pattern.MatchString(heading) {
				found, explained[heading] = true, true
			}
		}
		if !found {
			t.Errorf("the troubleshooting guide does not have %q", strings.ReplaceAll(summary, variablePart, "…"))
		}
	}
	for _, heading := range headings {
		if !explained[heading] {
			t.Errorf("the troubleshooting guide explains %q, which is no summary any more", heading)
		}
	}
}

// variablePart stands for what a summary takes from elsewhere, such as the name of an attribute.
const variablePart = "\x00"

// summaryArguments are the functions that take a summary, and which of their arguments it is.
// Functions of this package that have a parameter of the name come on top, and parameters that are
// such functions.
var summaryArguments = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
}

// diagnosticSummaries reads the summaries of all diagnostics out of the source of this package.
func diagnosticSummaries(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, source := token.NewFileSet(), &packageSource{arguments: map[string]int{}, constants: map[string]ast.Expr{}}
	for name, argument := range summaryArguments {
		source.arguments[name] = argument
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		source.add(file)
	}

	var summaries []string
	for _, function := range source.functions {
		ast.Inspect(function, func(node ast.Node) bool {
			call, isCall := node.(*ast.CallExpr)
			if !isCall {
				return true
			}
			argument, takesSummary := source.arguments[calledName(call)]
			if !takesSummary || argument >= len(call.Args) {
				return true
			}
			if name, isName := call.Args[argument].(*ast.Ident); isName && summaryParameter(function.Type) >= 0 && name.Name == "summary" {
				return true // a caller gives it
			}
			summary := source.text(call.Args[argument], function)
			if strings.Trim(summary, variablePart+" ") == "" {
				t.Errorf("%s: the test cannot read the summary out of the source", set.Position(call.Pos()))
			}
			summaries = append(summaries, summary)
			return true
		})
	}
	if len(summaries) < 20 {
		t.Fatalf("%d summaries in the source, which are too few: %q", len(summaries), summaries)
	}
	slices.Sort(summaries)
	return slices.Compact(summaries)
}

type packageSource struct {
	functions []*ast.FuncDecl
	constants map[string]ast.Expr
	arguments map[string]int
}

func (s *packageSource) add(file *ast.File) {
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			s.functions = append(s.functions, declaration)
			s.addFunction(declaration.Name, declaration.Type)
			for _, parameter := range declaration.Type.Params.List {
				if function, isFunction := parameter.Type.(*ast.FuncType); isFunction {
					s.addFunction(parameter.Names[0], function)
				}
			}
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				if values, isValues := spec.(*ast.ValueSpec); isValues {
					for i, value := range values.Values {
						s.constants[values.Names[i].Name] = value
					}
				}
			}
		}
	}
}

func (s *packageSource) addFunction(name *ast.Ident, function *ast.FuncType) {
	if argument := summaryParameter(function); argument >= 0 {
		s.arguments[name.Name] = argument
	}
}

// text is what an expression in a function comes to.
func (s *packageSource) text(expression ast.Expr, function *ast.FuncDecl) string {
	switch expression := expression.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(expression.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return s.text(expression.X, function) + s.text(expression.Y, function)
	case *ast.CallExpr:
		if calledName(expression) == "Sprintf" {
			return regexp.MustCompile(`%\w`).ReplaceAllString(s.text(expression.Args[0], function), variablePart)
		}
	case *ast.Ident:
		value := s.constants[expression.Name]
		ast.Inspect(function, func(node ast.Node) bool {
			if local, isLocal := node.(*ast.ValueSpec); isLocal {
				for i, name := range local.Names {
					if name.Name == expression.Name && i < len(local.Values) {
						value = local.Values[i]
					}
				}
			}
			return true
		})
		if value != nil {
			return s.text(value, function)
		}
	}
	return variablePart
}

// summaryParameter is the position of a function's parameter "summary", or -1.
func summaryParameter(function *ast.FuncType) int {
	position := 0
	for _, field := range function.Params.List {
		for _, name := range field.Names {
			if name.Name == "summary" {
				return position
			}
			position++
		}
	}
	return -1
}

func calledName(call *ast.CallExpr) string {
	switch function := call.Fun.(type) {
	case *ast.Ident:
		return function.Name
	case *ast.SelectorExpr:
		return function.Sel.Name
	}
	return ""
}

// markdownHeadings are the lines of a file that are headings, outside blocks of code, without marks
// of code in them.
func markdownHeadings(t *testing.T, file string) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	headings, code := map[string]bool{}, false
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if !code && strings.HasPrefix(line, "#") {
			headings[strings.ReplaceAll(strings.TrimSpace(line), "`", "")] = true
		}
	}
	return headings
}
