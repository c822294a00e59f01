using System.Reflection;
using System.Text.RegularExpressions;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>docs/mbuf9.md: every name of mbuf(9) is on it, and every counterpart and every test that it names exists.</summary>
[Category("Contracts")]
public sealed partial class MbufPageTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Row[] s_rows = [.. ReadRows()];

    private static readonly Dictionary<string, Type> s_public =
        typeof(MbufArena).Assembly.GetExportedTypes().Where(static type => !type.IsNested).ToDictionary(static type => type.Name);

    [Test]
    public void Every_name_of_mbuf9_is_on_the_page()
    {
        var named = s_rows.SelectMany(static row => Code(row.Name)).ToHashSet();

        Assert.That(MbufNames.All.Where(name => !named.Contains(name)), Is.Empty);
    }

    [Test]
    public void No_name_is_on_the_page_twice()
    {
        IEnumerable<string> twice = s_rows.Where(static row => row.Name != "no name")
            .SelectMany(static row => Code(row.Name)).GroupBy(static name => name).Where(static group => group.Count() > 1).Select(static group => group.Key);

        Assert.That(twice, Is.Empty);
    }

    [Test]
    public void Every_counterpart_is_public_and_exists()
    {
        IEnumerable<string> missing = s_rows.SelectMany(static row => Code(row.Here)).Where(static here => !IsPublic(here));

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Every_test_on_the_page_exists()
    {
        IEnumerable<string> missing = s_rows.Where(static row => row.Test != "-").Where(static row => !NamedTest.Exists(row.Test))
            .Select(static row => $"{row.Name}: {row.Test}");

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Only_what_has_no_counterpart_has_no_test()
    {
        IEnumerable<string> unproved = s_rows.Where(static row => row.Test == "-" && row.Here != "none").Select(static row => row.Name);

        Assert.That(unproved, Is.Empty);
    }

    /// <summary>Every public operation on packets is some name of mbuf(9), or the page says that it has none.</summary>
    [Test]
    public void Every_verb_is_on_the_page()
    {
        var here = s_rows.SelectMany(static row => Code(row.Here)).ToHashSet();
        IEnumerable<string> verbs = typeof(MbufChain).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(static method => !method.IsSpecialName && method.Name != nameof(ToString))
            .Concat(ExtensionMembers.Of(typeof(MbufChain)))
            .Select(static method => $"{nameof(MbufChain)}.{method.Name}").Distinct();

        Assert.That(verbs.Where(verb => !here.Contains(verb)), Is.Empty);
    }

    private static bool IsPublic(string name)
    {
        string[] parts = name.Split('.');
        return s_public.TryGetValue(parts[0], out Type? type)
            && (parts.Length == 1 || ExtensionMembers.Of(type).Any(method => method.Name == parts[1]) || type.GetMember(parts[1], Any).Any(static member => member switch
            {
                MethodInfo method => method.IsPublic,
                PropertyInfo property => property.GetMethod!.IsPublic,
                FieldInfo field => field.IsPublic,
                EventInfo happening => happening.AddMethod!.IsPublic,
                _ => false,
            }));
    }

    private static IEnumerable<string> Code(string cell) => InCode().Matches(cell).Select(static match => match.Groups["code"].Value);

    private static IEnumerable<Row> ReadRows()
    {
        foreach (string line in Repository.Read("docs/mbuf9.md").Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            string[] cells = [.. line.Trim().Trim('|').Split('|').Select(static cell => cell.Trim())];
            Assert.That(cells, Has.Length.EqualTo(4), $"A row has four cells: {line}");
            if (cells[0] != "mbuf(9)")
            {
                yield return new Row(cells[0], cells[1], cells[2], cells[3]);
            }
        }
    }

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex InCode();

    private sealed record Row(string Name, string Here, string Differences, string Test);
}
