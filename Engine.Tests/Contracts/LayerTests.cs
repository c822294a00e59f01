using Microsoft.CodeAnalysis;

using NUnit.Framework;

using Reference = Engine.Mbufs.Tests.Contracts.BoundSources.Reference;
using Row = Engine.Mbufs.Tests.Contracts.LayerTable.Row;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>A folder is a layer: it uses what the table in docs/design.md says, which stands above it there, and nothing else.</summary>
[Category("Contracts")]
public sealed class LayerTests
{
    private static readonly Dictionary<string, string> s_assemblies = new()
    {
        ["Engine"] = "Engine.Mbufs",
        ["Engine.Bench"] = "Engine.Bench",
        ["samples/Options"] = "Engine.Samples.Options",
        ["samples/Linux"] = "Engine.Samples.Linux",
        ["samples/Proxy"] = "Proxy",
        ["samples/PacketTool"] = "PacketTool",
        ["samples/BaselineProxies"] = "BaselineProxies",
    };

    private static readonly Dictionary<string, BoundSources> s_bound = [];

    private static IEnumerable<string> Projects => s_assemblies.Keys;

    [TestCaseSource(nameof(Projects))]
    public void No_layer_uses_what_stands_below_it(string project)
        => Assert.That(Violations(LayerTable.Read(project), Bound(project)), Is.Empty);

    [TestCaseSource(nameof(Projects))]
    public void A_layer_uses_all_that_the_table_says(string project)
    {
        var table = LayerTable.Read(project);
        var used = Bound(project).References()
            .Select(reference => (From: table.LayerOf(reference.From)?.Folder, To: table.LayerOf(reference.To)?.Folder))
            .ToHashSet();

        Assert.That(table.Rows.SelectMany(static row => row.Uses.Select(use => (From: row.Folder, To: use))).Where(use => !used.Contains(use)), Is.Empty);
    }

    [TestCaseSource(nameof(Projects))]
    public void Every_row_of_the_table_has_files(string project)
    {
        var table = LayerTable.Read(project);
        IEnumerable<Row?> withFiles = Files(project).Select(table.LayerOf);

        Assert.That(table.Disorder(), Is.Empty);
        Assert.That(table.Rows.Except(withFiles.OfType<Row>()).Select(static row => row.Folder), Is.Empty);
    }

    [Test]
    public void The_table_names_the_public_types_of_each_layer()
    {
        var table = LayerTable.Read("Engine");
        ILookup<string, string> types = Bound("Engine").Types()
            .Where(static found => found.Type is { DeclaredAccessibility: Accessibility.Public, ContainingType: null })
            .ToLookup(found => table.LayerOf(found.Files[0])!.Folder, static found => found.Type.Name);

        Assert.Multiple(() =>
        {
            foreach (Row row in table.Rows)
            {
                Assert.That(row.Types, Is.EquivalentTo(types[row.Folder]), row.Folder);
            }
        });
    }

    /// <summary>A name that the compiler cannot bind is one whose layer nobody knows.</summary>
    [TestCase("Engine")]
    [TestCase("Engine.Bench")]
    [TestCase("samples/Options")]
    [TestCase("samples/Linux")]
    [TestCase("samples/PacketTool")]
    public void The_compiler_binds_every_name(string project) => Assert.That(Bound(project).Errors, Is.Empty);

    /// <summary>What the layers above reach into a chain for is a list, in one file, a sentence for each.</summary>
    [Test]
    public void What_other_layers_use_of_a_chain_is_declared_in_one_file()
    {
        var table = LayerTable.Read("Engine");
        IEnumerable<string> elsewhere = Bound("Engine").References()
            .Where(reference => reference.Accessibility == Accessibility.Internal && table.LayerOf(reference.From)!.Folder != "Chains"
                && reference.Name.StartsWith($"{nameof(MbufChain)}.", StringComparison.Ordinal))
            .Where(static reference => reference.To != "Chains/MbufChain.Internal.cs")
            .Select(static reference => $"{reference.From}:{reference.Line} uses {reference.Name} of {reference.To}");

        Assert.That(elsewhere, Is.Empty);
    }

    [TestCase("Low/Low.cs", "class Low { Top t; }", "Low/Low.cs:1 names Top of Top, which nothing uses")]
    [TestCase("Low/Low.cs", "class Low { void M() => new High().Work(); }", "Low/Low.cs:1 names High.Work of High, which is not among what Low uses")]
    [TestCase("Low/Low.cs", "class Low { void M() => 1.Extend(); }", "Low/Low.cs:1 names Extend of High, which is not among what Low uses")]
    [TestCase("High/More.cs", "partial class Split { } class More { Split s; }", "Split is declared in Low, High")]
    [TestCase("High/More.cs", "partial class Split { int M() => _secret; }", "High/More.cs:1 names Split._secret of Low, which is private")]
    [TestCase("Outer/Outer.cs", "class Outer { Low l; }", "Outer/Outer.cs:1 names Low of Low, which is not public")]
    [TestCase("Outer/Outer.cs", "class Outer { int M(Open o) => o.Inside; }", "Outer/Outer.cs:1 names Open.Inside of Low, which is not public")]
    [TestCase("Outer/Outer.cs", "class Outer { object M() => new Open(1); }", "Outer/Outer.cs:1 names Open..ctor of Low, which is not public")]
    [TestCase("Outer/Outer.cs", "class Outer { void M() => 1.Widen(); }", "Outer/Outer.cs:1 names Widen of Low, which is not public")]
    [TestCase("Low/Low.cs", "class Low { int M() => High.Made; }", "Low/Low.cs:1 names High.op_Implicit of High, which is not among what Low uses")]
    [TestCase("Low/Low.cs", "class Low { void M() { foreach (int i in High.Made) { } } }", "Low/Low.cs:1 names High.GetEnumerator of High, which is not among what Low uses")]
    [TestCase("Low/Low.cs", "class Low { void M() { (int a, int b) = High.Made; } }", "Low/Low.cs:1 names High.Deconstruct of High, which is not among what Low uses")]
    [TestCase("New/New.cs", "class New { }", "New/New.cs is in no layer")]
    public void A_planted_wrong_reference_is_found(string file, string text, string violation)
    {
        var table = new LayerTable(
        [
            new Row("Low", []), new Row("High", ["Low"]), new Row("Outer", ["Low"], IsConfined: true), new Row("Top", ["Low"], IsUsedByNothing: true),
        ]);
        (string, string)[] sources =
        [
            ("Low/Low.cs", "class Low { }"), ("Low/Split.cs", "partial class Split { int _secret; }"), ("Low/Open.cs", "public class Open { public Open() { } internal Open(int number) { } internal int Inside; }"),
            ("Low/Wide.cs", "static class W { extension(int number) { public void Widen() { } } }"),
            ("High/High.cs", """
                class High
                {
                    internal static High Made = new();
                    internal void Work() { }
                    public static implicit operator int(High high) => 1;
                    public System.Collections.Generic.List<int>.Enumerator GetEnumerator() => default;
                    public void Deconstruct(out int a, out int b) => (a, b) = (1, 2);
                }
                """), ("High/Extensions.cs", "static class X { extension(int number) { internal void Extend() { } } }"),
            ("Outer/Outer.cs", "class Outer { Open o; }"), ("Top/Top.cs", "class Top { Low l; }"),
        ];
        IEnumerable<(string, string)> planted = sources.Where(source => source.Item1 != file).Append((file, text));

        Assert.That(Violations(table, new BoundSources("Planted", sources)), Is.Empty);
        Assert.That(Violations(table, new BoundSources("Planted", planted)), Does.Contain(violation));
    }

    [Test]
    public void A_table_out_of_order_is_found()
        => Assert.That(new LayerTable([new Row("Low", ["High"]), new Row("High", [])]).Disorder(), Has.One.Items);

    private static BoundSources Bound(string project)
    {
        lock (s_bound)
        {
            if (!s_bound.TryGetValue(project, out BoundSources? bound))
            {
                IEnumerable<(string, string)> sources = Files(project).Select(file => (file, Repository.Read($"{project}/{file}")));
                bound = new BoundSources(s_assemblies[project], sources);
                s_bound.Add(project, bound);
            }

            return bound;
        }
    }

    private static IEnumerable<string> Files(string project)
        => Repository.SourceFiles(project).Select(file => file[(project.Length + 1)..]);

    private static string[] Violations(LayerTable table, BoundSources bound)
    {
        IEnumerable<string> homeless = bound.Files.Where(file => table.LayerOf(file) is null).Select(static file => $"{file} is in no layer");
        IEnumerable<string> split = from found in bound.Types()
                                    let layers = found.Files.Select(file => table.LayerOf(file)?.Folder).Distinct().ToArray()
                                    where layers.Length > 1
                                    select $"{found.Type.Name} is declared in {string.Join(", ", layers)}";
        IEnumerable<string> wrong = from reference in bound.References()
                                    let reason = ReasonAgainst(table, reference)
                                    where reason is not null
                                    select $"{reference.From}:{reference.Line} names {reference.Name} of {table.LayerOf(reference.To)!.Folder}, which {reason}";
        return [.. homeless.Concat(split).Concat(wrong).Order(StringComparer.Ordinal)];
    }

    private static string? ReasonAgainst(LayerTable table, Reference reference)
        => table.LayerOf(reference.From) is not { } from || table.LayerOf(reference.To) is not { } to || from == to ? null
            : to.IsUsedByNothing ? "nothing uses"
            : reference.Accessibility == Accessibility.Private ? "is private"
            : !from.Uses.Contains(to.Folder) ? $"is not among what {from.Folder} uses"
            : from.IsConfined && reference.Accessibility is not (Accessibility.Public or Accessibility.Protected) ? "is not public"
            : null;
}
