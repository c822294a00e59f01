namespace Engine.Mbufs.Tests.Contracts;

/// <summary>
/// What the compiler answers to a program that would let something escape. Named in docs/safety.md, each of them.
/// </summary>
internal static class CompilerError
{
    /// <summary>Something bound to a parameter of this method would be returned or kept.</summary>
    public const string EscapingParameter = "CS8166";

    /// <summary>Something bound to a variable of this block would be returned or kept.</summary>
    public const string EscapingLocal = "CS8168";

    /// <summary>A value that may refer to a variable of this block would be returned or kept.</summary>
    public const string EscapingValue = "CS8352";

    /// <summary>Accompanies another one: the value passes through this call.</summary>
    public const string EscapingResult = "CS8347";

    /// <summary>Accompanies another one: the value leaves through an out parameter of this call.</summary>
    public const string EscapingArgument = "CS8350";

    /// <summary>A method that implements another does not promise, as that does, to keep nothing of a parameter.</summary>
    public const string PromiseLeftOut = "CS8987";

    public const string Field = "CS8345";
    public const string ArrayElement = "CS0611";
    public const string TypeArgument = "CS9244";

    /// <summary>A box, an interface, a span for writing: there is no conversion.</summary>
    public const string Conversion = "CS0029";

    /// <summary>A number is not an address, and the cast that makes it one wants an unsafe context.</summary>
    public const string NotAnAddress = "CS0266";

    public const string CapturedLocal = "CS8175";
    public const string CapturedParameter = "CS9108";
    public const string AcrossAwaitOrYield = "CS4007";
    public const string AsyncParameter = "CS4012";
    public const string WriteIntoReadOnly = "CS8331";

    /// <summary>A pointer is read or written outside of an unsafe context.</summary>
    public const string NotUnsafe = "CS0214";
}
