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
        using var image = new MemoryStream();
        EmitResult result = Snippet.Compile(CodeOfReadme(), OutputKind.ConsoleApplication).Emit(image);
        Assert.That(result.Diagnostics.Where(static found => found.Severity >= DiagnosticSeverity.Warning), Is.Empty);

        string output = OutputOf(Assembly.Load(image.ToArray()));

        int length = "hello, wire".Length + sizeof(short);
        Assert.That(output, Is.EqualTo(length + Environment.NewLine), "The text, and the length before it.");
    }

    [Test]
    public void The_errors_that_the_safety_page_names_are_those_that_the_compiler_gives()
    {
        string page = Section(Repository.Read("docs/safety.md"), "## By the compiler");
        IEnumerable<string> named = Regex.Matches(page, @"\bCS\d{4}\b").Select(static match => match.Value).Distinct();
        IEnumerable<object?> tested = typeof(CompilerError).GetFields().Select(static field => field.GetRawConstantValue());

        Assert.That(named, Is.EquivalentTo(tested));
    }

    private static string CodeOfReadme()
    {
        const RegexOptions Lines = RegexOptions.Multiline | RegexOptions.Singleline;
        Match block = Regex.Match(Repository.Read("README.md"), @"^```csharp\n(?<code>.*?)^```", Lines);
        Assert.That(block.Success, "The README shows a program.");
        return block.Groups["code"].Value;
    }

    /// <summary>From a heading to the next one of its kind.</summary>
    private static string Section(string page, string heading)
    {
        int start = page.IndexOf(heading, StringComparison.Ordinal);
        Assert.That(start, Is.Not.Negative, $"There is a section \"{heading}\".");
        int end = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    private static string OutputOf(Assembly program)
    {
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            program.EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString();
    }
}
