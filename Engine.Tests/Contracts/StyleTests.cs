using System.Text.RegularExpressions;

using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Rules for the sources that no analyzer knows.</summary>
[Category("Contracts")]
public sealed class StyleTests
{
    private const int MostLines = 450;
    private const int MostLinesOfMethod = 45;

    /// <summary>What lets a program address memory that it was not given, with the keyword and without.</summary>
    private static readonly HashSet<string> s_unsafe =
        ["unsafe", "Unsafe", "MemoryMarshal", "CollectionsMarshal", "NativeMemory", "LibraryImport", "DllImport", "stackalloc"];

    [Test]
    public void The_engine_is_unsafe_in_the_files_that_the_safety_page_names_and_nowhere_else()
    {
        string page = Repository.Read("docs/safety.md");
        int section = page.IndexOf("## Where the engine itself is unsafe", StringComparison.Ordinal);
        Assert.That(section, Is.Not.Negative, "The page says where the engine is unsafe.");
        IEnumerable<string> named = Regex.Matches(page[section..], @"`(?<file>[\w/.]+\.cs)`")
            .Select(static match => "Engine/" + match.Groups["file"].Value);

        Assert.That(Repository.SourceFiles("Engine").Where(static file => Uses(file, s_unsafe)), Is.EquivalentTo(named));
    }

    [Test]
    public void The_keyword_stands_in_five_files()
    {
        IEnumerable<string> files = Repository.SourceFiles("Engine").Where(static file => Uses(file, ["unsafe"]));

        Assert.That(files, Has.Exactly(5).Items, string.Join(", ", files));
    }

    [Test]
    public void No_file_is_longer_than_a_reader_takes_in()
    {
        IEnumerable<string> tooLong = Repository.SourceFiles()
            .Select(static file => (File: file, Lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
            .Where(static source => source.Lines > MostLines)
            .Select(static source => $"{source.File}: {source.Lines} lines");

        Assert.That(tooLong, Is.Empty);
    }

    [Test]
    public void No_method_is_longer_than_a_screen()
    {
        IEnumerable<string> tooLong = Repository.SourceFiles()
            .SelectMany(static file => LongMethods(Repository.Read(file)).Select(method => $"{file}: {method}"));

        Assert.That(tooLong, Is.Empty);
    }

    /// <summary>One line too many is found wherever statements can stand.</summary>
    [TestCase("void Method(int a)\nBODY")]
    [TestCase("C()\n: this(1)\nBODY")]
    [TestCase("public static C operator +(C a, C b)\nBODY")]
    [TestCase("int Property\n{\nget\nBODY\n}")]
    [TestCase("void Short()\n{\nvoid Local()\nBODY\n}", 4)]
    public void A_planted_line_too_many_is_found(string member, int around = 0)
    {
        string Planted(int lines) => $"class C\n{{\n{member.Replace("BODY", $"{{{new string('\n', lines - 1)}}}")}\n}}\n";

        Assert.That(LongMethods(Planted(MostLinesOfMethod - around)), Is.Empty);
        Assert.That(LongMethods(Planted(MostLinesOfMethod + 1)), Has.Some.EndsWith($" {MostLinesOfMethod + 1} lines"));
    }

    /// <summary>A path of the machine that something was written on is of no use on any other, and tells whose it was.</summary>
    [Test]
    public void No_tracked_file_names_a_directory_of_one_machine()
    {
        string here = Regex.Escape(Repository.Root);
        var path = new Regex($@"(?<![\w./-])({here}(?![\w.-])|/(home|root|Users)/\w|[A-Za-z]:\\Users\\\w)");
        IEnumerable<string> found = Repository.TrackedFiles()
            .Where(static file => File.Exists(Path.Combine(Repository.Root, file)))
            .Where(file => path.IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))));

        Assert.That(found, Is.Empty);
    }

    /// <summary>
    /// Methods, constructors, operators, accessors and local functions whose statements, with their braces, take too many lines. A body
    /// that is one expression is a table, or a program for the compiler, if it is long.
    /// </summary>
    private static IEnumerable<string> LongMethods(string source)
        => from body in CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<BlockSyntax>()
           where body.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
           let lines = body.GetLocation().GetLineSpan().Span
           let count = lines.End.Line - lines.Start.Line + 1
           where count > MostLinesOfMethod
           select $"line {lines.Start.Line + 1}: {count} lines";

    private static bool Uses(string file, HashSet<string> words) => CSharpSyntaxTree.ParseText(Repository.Read(file))
        .GetRoot()
        .DescendantTokens()
        .Any(token => words.Contains(token.Text));
}
