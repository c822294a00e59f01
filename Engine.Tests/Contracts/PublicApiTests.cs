using System.Text.RegularExpressions;
using System.Xml.Linq;

using Microsoft.CodeAnalysis;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>What every public type and member of the engine has in common.</summary>
[Category("Contracts")]
public sealed class PublicApiTests
{
    [Test]
    public void Public_types_are_in_two_namespaces()
    {
        IEnumerable<string> namespaces = PublicSurface.Types.Select(static type => type.ContainingNamespace.ToDisplayString());

        Assert.That(namespaces.Distinct(), Is.EquivalentTo(new[] { "Engine.Mbufs", "Engine.Mbufs.Wire" }));
    }

    /// <summary>The approved file of the public surface has what the page of tasks promises to whoever reads that file alone.</summary>
    [Test]
    public void Each_of_the_forty_tasks_has_its_member_in_the_record_of_the_public_surface()
    {
        string record = Repository.Read("Engine/PublicAPI.Unshipped.txt") + Repository.Read("Engine/PublicAPI.Shipped.txt");
        string[] members = [.. Regex.Matches(Repository.Read("docs/tasks.md"), @"^\| \d+ \|.*\| `(?<member>[^`]+)` \|$", RegexOptions.Multiline)
            .Select(static match => match.Groups["member"].Value)];

        Assert.That(members, Has.Length.EqualTo(40));
        Assert.That(members.Where(member => !record.Contains("Engine.Mbufs." + member, StringComparison.Ordinal)
            && !record.Contains("Engine.Mbufs.Wire." + member, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void No_public_class_but_exceptions_is_open_for_inheritance()
    {
        IEnumerable<INamedTypeSymbol> open = PublicSurface.Types
            .Where(static type => type.TypeKind != TypeKind.Interface)
            .Where(static type => !type.IsSealed && !type.IsStatic && !type.IsValueType && !PublicSurface.IsException(type));

        Assert.That(Names(open), Is.Empty);
    }

    [Test]
    public void Exceptions_can_be_created_in_the_three_usual_ways()
    {
        foreach (INamedTypeSymbol exception in PublicSurface.Types.Where(PublicSurface.IsException))
        {
            IEnumerable<string> constructors = exception.InstanceConstructors
                .Where(static constructor => constructor.DeclaredAccessibility == Accessibility.Public)
                .Select(static constructor => string.Join(", ", constructor.Parameters.Select(static taken => taken.Type.Name)));

            Assert.That(constructors, Is.EquivalentTo(new[] { "", "String", "String, Exception" }), exception.Name);
        }
    }

    /// <summary>A pointer makes the compiler ask for an unsafe context: here it has to, and nowhere else has anybody to be asked.</summary>
    [Test]
    public void The_pointers_of_external_storage_are_the_only_public_ones()
    {
        IEnumerable<string> pointers = PublicSurface.Members
            .Where(static member => member is IPropertySymbol or IMethodSymbol { AssociatedSymbol: null } or IFieldSymbol)
            .Where(static member => PublicSurface.MentionedBy(member)
                .Any(static type => type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer))
            .Select(static member => $"{member.ContainingType.Name}.{member.Name}");

        Assert.That(pointers, Is.EquivalentTo(new[]
        {
            $"{nameof(MbufExternalStorage)}.{nameof(MbufExternalStorage.Address)}",
            $"{nameof(MbufExternalStorage)}.{nameof(MbufExternalStorage.Counter)}",
            $"{nameof(MbufExternalStorage)}.{nameof(MbufExternalStorage.Routine)}",
        }));
    }

    /// <summary>An address as a number is one that nobody was asked about.</summary>
    [Test]
    public void No_public_member_shows_a_number_as_large_as_an_address_but_the_arguments_of_a_routine()
    {
        IEnumerable<string> numbers = PublicSurface.Members
            .Where(static member => member is IPropertySymbol or IMethodSymbol { AssociatedSymbol: null } or IFieldSymbol)
            .Where(static member => PublicSurface.MentionedBy(member)
                .Any(static type => type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr))
            .Select(static member => member.Name);

        Assert.That(numbers, Is.EquivalentTo(new[] { nameof(MbufExternalStorage.Argument1), nameof(MbufExternalStorage.Argument2) }));
    }

    [Test]
    public void No_field_is_public_but_constants()
    {
        IEnumerable<ISymbol> fields = PublicSurface.Members
            .Where(static member => member is IFieldSymbol { IsConst: false, ContainingType.TypeKind: not TypeKind.Enum });

        Assert.That(Names(fields), Is.Empty);
    }

    [Test]
    public void Every_public_type_and_member_is_documented()
    {
        IEnumerable<ISymbol> undocumented = PublicSurface.Types.Concat(PublicSurface.Members)
            .Where(static symbol => !PublicSurface.IsGenerated(symbol) && !PublicSurface.IsPositional(symbol))
            .Where(static symbol => !Elements(symbol).Any(static element => element.Name.LocalName == "inheritdoc"
                || (element.Name.LocalName == "summary" && !string.IsNullOrWhiteSpace(element.Value))));

        Assert.That(Names(undocumented), Is.Empty);
    }

    [Test]
    public void Every_parameter_is_explained()
    {
        IEnumerable<ISymbol> unexplained = PublicSurface.Members.OfType<IMethodSymbol>()
            .Where(static method => !PublicSurface.IsGenerated(method))
            .SelectMany(static method => method.Parameters.Where(taken => !Explains(Elements(method), taken.Name)));
        IEnumerable<ISymbol> unexplainedInRecords = PublicSurface.Members
            .Where(static member => PublicSurface.IsPositional(member))
            .Where(static member => !Explains(Elements(member.ContainingType), member.Name));

        Assert.That(Names(unexplained.Concat(unexplainedInRecords)), Is.Empty);
    }

    private static IEnumerable<XElement> Elements(ISymbol symbol)
    {
        // A record's own constructor is documented with the record.
        bool isOfRecord = symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType.IsRecord: true };
        return Documentation.Of((isOfRecord ? symbol.ContainingType : symbol).GetDocumentationCommentId()!);
    }

    private static bool Explains(IEnumerable<XElement> documentation, string parameter) => documentation.Any(element =>
        element.Name.LocalName == "inheritdoc"
        || (element.Name.LocalName == "param"
            && (string?)element.Attribute("name") == parameter
            && !string.IsNullOrWhiteSpace(element.Value)));

    private static IEnumerable<string> Names(IEnumerable<ISymbol> symbols) => symbols.Select(static symbol =>
        symbol is IParameterSymbol parameter ? $"{parameter.ContainingSymbol}: {parameter.Name}" : symbol.ToDisplayString());
}
