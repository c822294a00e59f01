using System.Reflection;
using System.Text.RegularExpressions;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>What the documents show compiles and runs, and what they promise is what was tested.</summary>
[Category("Contracts")]
public sealed class DocumentsTests
{
    [Test]
    public void The_program_in_the_readme_compiles_and_runs()
    {
        int length = "hello, wire".Length + sizeof(short);
        Assert.That(OutputOf(CodeOfReadme(0)), Is.EqualTo($"packet of {length} bytes (header says {length}) in 1 segment{Environment.NewLine}"));
    }

    /// <summary>Whatever is the first thing that is not to be had, the program ends without an exception, and without output.</summary>
    [TestCase("Mbufs = 1, Clusters = 0", "no packet")]
    [TestCase("Mbufs = 1, Clusters = 1, Headroom = 0", "no room in front")]
    [TestCase("Mbufs = 1, Clusters = 1", "no mbuf for the share")]
    public void The_program_in_the_readme_ends_when_the_arena_has_nothing(string limits, string missing)
        => Assert.That(OutputOf(CodeOfReadme(0, limits)), Is.Empty, missing);

    /// <summary>What has just enough shows that it was the limits that the others ended by.</summary>
    [TestCase("Mbufs = 2, Clusters = 1")]
    [TestCase("Mbufs = 4, Clusters = 1, Headroom = 0")]
    public void The_program_in_the_readme_needs_no_more_than_it_uses(string limits)
        => Assert.That(OutputOf(CodeOfReadme(0, limits)), Does.StartWith("packet of 13 bytes"));

    [Test]
    public void The_other_program_in_the_readme_compiles() => Snippet.Compiles($$"""
        static void Work(MbufArena arena, in MbufScope mbufs, MbufChain packet)
        {
        {{CodeOfReadme(1)}}
        }
        """);

    [Test]
    public void The_errors_that_the_safety_page_names_are_those_that_the_compiler_gives()
    {
        string page = Section(Repository.Read("docs/safety.md"), "## By the compiler");
        IEnumerable<string> named = Regex.Matches(page, @"\bCS\d{4}\b").Select(static match => match.Value).Distinct();
        IEnumerable<object?> tested = typeof(CompilerError).GetFields().Select(static field => field.GetRawConstantValue());

        Assert.That(named, Is.EquivalentTo(tested));
    }

    /// <summary>One of the programs, in an arena with its own limits or with others.</summary>
    private static string CodeOfReadme(int number, string? limits = null)
    {
        const RegexOptions Lines = RegexOptions.Multiline | RegexOptions.Singleline;
        MatchCollection blocks = Regex.Matches(Repository.Read("README.md"), @"^```csharp\n(?<code>.*?)^```", Lines);
        Assert.That(blocks, Has.Count.GreaterThan(number), "The README shows programs.");
        string code = blocks[number].Groups["code"].Value;
        string limited = code.Replace("new MbufArena()", $"new MbufArena(new MbufArenaOptions {{ {limits} }})", StringComparison.Ordinal);
        Assert.That(limits is null || limited != code, "The program makes an arena.");
        return limits is null ? code : limited;
    }

    /// <summary>From a heading to the next one of its kind.</summary>
    private static string Section(string page, string heading)
    {
        int start = page.IndexOf(heading, StringComparison.Ordinal);
        Assert.That(start, Is.Not.Negative, $"There is a section \"{heading}\".");
        int end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    /// <summary>Runs a program, which has no warnings; what it throws is thrown.</summary>
    private static string OutputOf(string code)
    {
        using var image = new MemoryStream();
        EmitResult result = Snippet.Compile(code, OutputKind.ConsoleApplication).Emit(image);
        Assert.That(result.Diagnostics.Where(static found => found.Severity >= DiagnosticSeverity.Warning), Is.Empty);
        MethodInfo program = Assembly.Load(image.ToArray()).EntryPoint!;
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            program.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString();
    }
}
