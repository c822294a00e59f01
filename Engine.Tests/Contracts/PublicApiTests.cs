using System.Xml.Linq;

using Microsoft.CodeAnalysis;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>What every public type and member of the engine has in common.</summary>
[Category("Contracts")]
public sealed class PublicApiTests
{
    [Test]
    public void All_public_types_are_in_one_namespace()
    {
        IEnumerable<string> namespaces = PublicSurface.Types.Select(static type => type.ContainingNamespace.ToDisplayString());

        Assert.That(namespaces.Distinct(), Is.EqualTo(new[] { "Engine.Mbufs" }));
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

    [Test]
    public void No_public_member_shows_a_pointer_but_the_routine_of_external_storage()
    {
        IEnumerable<ISymbol> pointers = PublicSurface.Members.Where(static member => member.Name != nameof(MbufExternalStorage.Routine)
            && (member as IMethodSymbol)?.AssociatedSymbol?.Name != nameof(MbufExternalStorage.Routine) &&
            PublicSurface.MentionedBy(member).Any(static type => type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer));

        Assert.That(Names(pointers), Is.Empty);
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
