namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The test shows that these operations allocate no managed memory, by whatever overload they have.</summary>
/// <param name="type">Where the operations are declared.</param>
/// <param name="operations">Names of methods and properties.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class MeasuresAttribute(Type type, params string[] operations) : Attribute
{
    public Type Type { get; } = type;

    public string[] Operations { get; } = operations;
}
